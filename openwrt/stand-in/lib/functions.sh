# A stand-in for OpenWrt's functions.sh: what init scripts and packages' scripts of this project call, with OpenWrt's
# meaning. What OpenWrt has and this file has not ends a script with an error, so that nothing is tested in vain.
# shellcheck shell=dash disable=SC3043

stand_in_fail() {
    echo "stand-in: $*" >&2
    exit 70
}

list_contains() {
    local all
    eval "all=\" \${$1} \""
    case "$all" in *" $2 "*) return 0 ;; esac
    return 1
}

append() {
    eval "$1=\"\${$1:+\${$1}\${3:- }}\$2\""
}

# UCI ------------------------------------------------------------------------------------------------------------------

uci_section() {
    uci_current="$2"
    append CONFIG_SECTIONS "$2"
    config_set "$2" TYPE "$1"
}

uci_option() { config_set "$uci_current" "$1" "$2"; }

uci_list() {
    local count
    config_get count "$uci_current" "${1}_LENGTH" 0
    count=$((count + 1))
    config_set "$uci_current" "${1}_ITEM$count" "$2"
    config_set "$uci_current" "${1}_LENGTH" "$count"
}

uci_bad() { stand_in_fail "$1 is no UCI: expected config TYPE ['NAME'], option NAME 'VALUE' or list NAME 'VALUE'"; }

config_load() {
    [ -z "$IPKG_INSTROOT" ] || return 0
    [ -f "/etc/config/$1" ] || stand_in_fail "there is no /etc/config/$1"
    CONFIG_SECTIONS=''
    eval "$(awk -f /lib/functions/uci.awk "/etc/config/$1")"
}

config_set() {
    case "$1$2" in *[!A-Za-z0-9_]*) stand_in_fail "UCI name \"$1.$2\": expected letters, digits and _" ;; esac
    eval "CONFIG_${1}_$2=\"\$3\""
}

# config_get VARIABLE SECTION OPTION [DEFAULT]
config_get() {
    [ $# -ge 3 ] || stand_in_fail "config_get has $# arguments: expected VARIABLE SECTION OPTION [DEFAULT]"
    eval "$1=\"\${CONFIG_${2}_$3:-\$4}\""
}

config_get_bool() {
    local value
    config_get value "$2" "$3" "$4"
    case "$value" in
        1 | on | true | yes | enabled) eval "$1=1" ;;
        0 | off | false | no | disabled) eval "$1=0" ;;
        *) eval "$1=\"\$4\"" ;;
    esac
}

# config_foreach FUNCTION [TYPE [ARGUMENT...]]
config_foreach() {
    local function="$1" type="$2" section found
    shift
    [ $# -eq 0 ] || shift
    for section in $CONFIG_SECTIONS; do
        config_get found "$section" TYPE
        [ -z "$type" ] || [ "$type" = "$found" ] || continue
        "$function" "$section" "$@"
    done
}

# config_list_foreach SECTION OPTION FUNCTION [ARGUMENT...]
config_list_foreach() {
    local section="$1" option="$2" function="$3" count index=1 item
    shift 3
    config_get count "$section" "${option}_LENGTH" 0
    while [ "$index" -le "$count" ]; do
        config_get item "$section" "${option}_ITEM$index"
        "$function" "$item" "$@"
        index=$((index + 1))
    done
}

# Users ----------------------------------------------------------------------------------------------------------------

user_exists() { grep -qs "^$1:" "$IPKG_INSTROOT/etc/passwd"; }

group_exists() { grep -qs "^$1:" "$IPKG_INSTROOT/etc/group"; }

# The first number from 32768 that no line of a file has in its third field.
next_number() {
    awk -F: '{ used[$3] = 1 } END { n = 32768; while (n in used) n++; print n }' "$1"
}

# Makes the users of a package: Require-User's USER[=N]:GROUP[=N], separated by spaces.
add_group_and_user() {
    local wanted pair user group number members
    if [ -f "$IPKG_INSTROOT/lib/apk/packages/$pkgname.rusers" ]; then
        wanted=$(cat "$IPKG_INSTROOT/lib/apk/packages/$pkgname.rusers")
    else
        wanted=$(sed -n 's/^Require-User: *//p' "$IPKG_INSTROOT/usr/lib/opkg/info/$pkgname.control" 2>/dev/null)
    fi
    for pair in $wanted; do
        user=${pair%%:*} group=${pair#*:}
        if ! group_exists "${group%%=*}"; then
            number=${group#*=}
            [ "$number" != "$group" ] || number=$(next_number "$IPKG_INSTROOT/etc/group")
            echo "${group%%=*}:x:$number:" >>"$IPKG_INSTROOT/etc/group"
        fi
        user_exists "${user%%=*}" && continue
        members=$(sed -n "s/^${group%%=*}:[^:]*:\([0-9]*\):.*/\1/p" "$IPKG_INSTROOT/etc/group")
        number=${user#*=}
        [ "$number" != "$user" ] || number=$(next_number "$IPKG_INSTROOT/etc/passwd")
        user=${user%%=*}
        echo "$user:x:$number:$members:$user:/var/run/$user:/bin/false" >>"$IPKG_INSTROOT/etc/passwd"
        echo "$user:x:0:0:99999:7:::" >>"$IPKG_INSTROOT/etc/shadow"
    done
}

# Packages -------------------------------------------------------------------------------------------------------------

# The init scripts of a package, by the list of its files.
package_services() {
    local list="$IPKG_INSTROOT/usr/lib/opkg/info/$pkgname.list"
    [ ! -f "$IPKG_INSTROOT/lib/apk/packages/$pkgname.list" ] || list="$IPKG_INSTROOT/lib/apk/packages/$pkgname.list"
    sed -n '/^\/etc\/init\.d\//p' "$list"
}

# What a package's postinst does: users, then each service enabled, unless it is an upgrade, and started.
default_postinst() {
    local service name
    name=${1%.*}
    [ -n "$pkgname" ] || pkgname=${name##*/}
    [ ! -f "$IPKG_INSTROOT/usr/lib/opkg/info/$pkgname.list" ] || add_group_and_user
    for service in $(package_services); do
        if [ -n "$IPKG_INSTROOT" ]; then
            /bin/sh "$IPKG_INSTROOT/etc/rc.common" "$IPKG_INSTROOT$service" enable
        else
            [ "$PKG_UPGRADE" = 1 ] || "$service" enable
            "$service" start
        fi
    done
}

# What a package's prerm does: each service disabled, unless it is an upgrade, and stopped.
default_prerm() {
    local service name
    name=${1%.*}
    [ -n "$pkgname" ] || pkgname=${name##*/}
    for service in $(package_services); do
        if [ -n "$IPKG_INSTROOT" ]; then
            /bin/sh "$IPKG_INSTROOT/etc/rc.common" "$IPKG_INSTROOT$service" disable
        else
            [ "$PKG_UPGRADE" = 1 ] || "$service" disable
            "$service" stop
        fi
    done
}
