#!/bin/sh
# Makes a machine ready for the core that this script came with: users, service, and what an older core left. What is the
# user's (certs, config, deployments, logs) is never overwritten. It can be run again at any time.
set -eu
# Functions and devices' tools read what is made here, whatever the user's own mask is.
umask 022

usage() {
    cat <<END
Usage: install.sh [OPTION]...

  --root DIR       where the core is to live; the default is where the archive was unpacked. Another place gets the program
                   copied, as ggc/packages/VERSION
  --init SYSTEM    systemd, sysv or none; found out unless told
  --migrate        take over the certificates and the configuration of AWS IoT Greengrass 1.0 to 1.11 in the same root; what
                   cannot be used is kept below ggc/v1
  --force          install although \`greengrassd check\` finds something missing
  --uninstall      stop the core, remove service, program and users; certs, config, deployments and logs stay
  --purge          with --uninstall: remove those as well
  --dry-run        say what would be done, and do nothing
  --help
END
}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}
# Runs a command, or says that it would be run.
act() { if [ "$dry" = yes ]; then say "would run: $*"; else "$@"; fi; }
has() { command -v "$1" >/dev/null 2>&1; }
is_there() { [ -e "$1" ] || [ -L "$1" ]; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
package=$(dirname -- "$here")
version=$(basename -- "$package")

# real PATH: without links; what is not there yet stays as it is.
real() {
    there=$1 rest=''
    while [ ! -d "$there" ]; do
        rest=/${there##*/}$rest
        there=${there%/*}
        there=${there:-/}
    done
    there=$(CDPATH='' cd -- "$there" && pwd -P)
    printf '%s%s' "${there%/}" "$rest"
}
# root_name PATH: a root by its real name, but V1's by that.
root_name() { if [ "$(real "$1")" = "$(real /greengrass)" ]; then echo /greengrass; else real "$1"; fi; }

unpacked=$(root_name "$(dirname -- "$(dirname -- "$(dirname -- "$package")")")")
root=$unpacked
init='' migrate=no force=no uninstall=no purge=no dry=no

while [ $# -gt 0 ]; do
    case $1 in
        --root | --init)
            [ $# -gt 1 ] || fail "$1 needs a value after it; --help tells which."
            case $1 in --root) root=$2 ;; *) init=$2 ;; esac
            shift
            ;;
        --migrate) migrate=yes ;;
        --force) force=yes ;;
        --uninstall) uninstall=yes ;;
        --purge) purge=yes ;;
        --dry-run) dry=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) fail "there is no option $1; --help lists them." ;;
    esac
    shift
done

# It is written into the service's files, and is part of a name.
check_root() {
    [ ${#root} -le 100 ] || fail "--root $root: expected at most 100 characters."
    case $root in
        / | *[!A-Za-z0-9/._-]* | *//* | */./* | */../* | */. | */..)
            fail "--root $root: expected an absolute path of letters, digits and ._- ." ;;
        /*) root=${root%/} ;;
        *) fail "--root $root: expected an absolute path." ;;
    esac
}
check_root
# A core finds its root by where its program really is.
root=$(root_name "$root")
check_root
case $init in '' | systemd | sysv | none) ;; *) fail "--init $init: expected systemd, sysv or none." ;; esac
[ "$purge" = no ] || [ "$uninstall" = yes ] || fail "--purge goes with --uninstall."
[ "$migrate" = no ] || [ "$uninstall" = no ] || fail "--migrate and --uninstall exclude each other."
[ "$dry" = yes ] || [ "$(id -u)" = 0 ] || fail "this needs root's rights: run it with sudo, or try it with --dry-run."
[ -f "$package/greengrassd" ] || fail "there is no $package/greengrassd: run the script from the archive's tree, where it was unpacked."
unit=/etc/systemd/system/greengrassd.service
script=/etc/init.d/greengrassd
defaults=/etc/default/greengrassd

find_init() {
    [ -z "$init" ] || return 0
    if [ -d /run/systemd/system ] || has systemctl; then
        init=systemd
    elif [ -d /etc/init.d ] && [ ! -x /sbin/procd ]; then
        init=sysv
    else
        init=none
    fi
}

. "$here/migrate.sh"

# -- the machine ------------------------------------------------------------------------------------------------------

check_machine() {
    "$package/greengrassd" --version >/dev/null 2>&1 ||
        fail "$package/greengrassd does not run on this machine ($(uname -s) $(uname -m)): take the archive for its processor. armv6l runs on every 32-bit ARM since ARMv6."
    # A core that runs has passed.
    ! is_running || return 0
    report=$("$package/greengrassd" --root "$root" check 2>&1) && return 0
    say "$report"
    [ "$force" = no ] || return 0
    if [ "$dry" = yes ]; then
        say "would stop here: something is missing (above). --force would go on."
        exit 1
    fi
    fail "something is missing on this machine (above; each arrow tells what mends it). Mend it and run this again, or use --force."
}

# Whether a core of any version runs from this root.
is_running() {
    "$package/greengrassd" --root "$root" status --json 2>/dev/null | grep -q '"daemonPid": *[0-9]' && return 0
    # V1's tells its process number alone, which may have become another process's.
    for file in "$root/ggc/var/run/greengrassd.pid" /var/run/greengrassd.pid; do
        [ -s "$file" ] || continue
        process=$(head -n 1 "$file")
        case $process in '' | *[!0-9]*) continue ;; esac
        case $(readlink "/proc/$process/exe" 2>/dev/null) in "$(real "$root")"/ggc/packages/* | "$(real "$root")"/greengrassd*) return 0 ;; esac
    done
    return 1
}

# -- users ------------------------------------------------------------------------------------------------------------

has_group() { grep -q "^$1:" /etc/group; }
has_user() { grep -q "^$1:" /etc/passwd; }

make_group() {
    ! has_group "$1" || return 0
    if has groupadd; then
        act groupadd --system "$1"
    elif has addgroup; then
        act addgroup -S "$1"
    else
        fail "the group $1 cannot be made: there is neither groupadd nor addgroup. Add it to /etc/group and run this again."
    fi
}

# make_user NAME GROUP
make_user() {
    ! has_user "$1" || return 0
    shell=/bin/false
    [ ! -x /usr/sbin/nologin ] || shell=/usr/sbin/nologin
    if has useradd; then
        act useradd --system --gid "$2" --home-dir /nonexistent --no-create-home --shell "$shell" "$1"
    elif has adduser; then
        act adduser -S -D -H -h /nonexistent -s "$shell" -G "$2" "$1"
    else
        fail "the user $1 cannot be made: there is neither useradd nor adduser. Add it to /etc/passwd and run this again."
    fi
}

make_users() {
    make_group greengrass
    make_user greengrass greengrass
    make_group ggc_group
    make_user ggc_user ggc_group
}

remove_user() {
    if has_user "$1"; then
        if has userdel; then act userdel "$1"; elif has deluser; then act deluser "$1"; fi ||
            say "The user $1 stays: processes of it run, of a core without a service for instance."
    fi
    # Where a user's own group goes with it, it is gone by now.
    if has_group "$2"; then
        if has groupdel; then act groupdel "$2"; elif has delgroup; then act delgroup "$2"; fi || say "The group $2 stays."
    fi
}

# -- the program ------------------------------------------------------------------------------------------------------

# The names and contents of a folder's files, where its links lead, and what can be run in it.
content() {
    (cd -- "$1" && find . -type f -exec sha256sum {} + -perm -100 -print -o -type l -print -exec readlink {} \;) | LC_ALL=C sort
}

# Also when the same version is there but was built otherwise.
copy_program() {
    copy=$root/ggc/packages/$version
    wanted=$(content "$package")
    # Without sha256sum it is copied each time.
    case $wanted in *'  ./greengrassd'*) [ ! -d "$copy" ] || [ "$wanted" != "$(content "$copy")" ] || return 0 ;; esac
    say "Copying version $version to $root"
    for folder in certs config ggc ggc/packages; do
        [ -d "$root/$folder" ] || act mkdir -p "$root/$folder"
    done
    # Under another name until it is whole.
    act rm -rf "$copy.partial" "$copy.old"
    act cp -R "$package" "$copy.partial"
    ! is_there "$copy" || act mv "$copy" "$copy.old"
    act mv "$copy.partial" "$copy"
    act rm -rf "$copy.old"
}

place_program() {
    [ "$root" = "$unpacked" ] || copy_program
    [ "$(readlink "$root/ggc/core" 2>/dev/null)" = "packages/$version" ] && return 0
    if is_there "$root/ggc/core" && [ ! -L "$root/ggc/core" ]; then
        [ "$migrate" = yes ] || fail "$root/ggc/core is a folder and not a link: an older core is here. Take it over with --migrate."
        act mkdir -p "$root/ggc/v1"
        act mv "$root/ggc/core" "$root/ggc/v1/core"
    fi
    act ln -sfn "packages/$version" "$root/ggc/core"
}

# -- the service ------------------------------------------------------------------------------------------------------

# The root that a unit or an init script is for; nothing where it is not there or is for no core.
root_of() {
    [ ! -f "$1" ] ||
        sed -n -e 's|^ExecStart=\(/.*\)/ggc/core/greengrassd .*|\1|p' -e 's|^root=\(/.*\)|\1|p' "$1" | head -n 1
}

# The file of a service that is of a core in another root, a package's as well; fails where there is none.
find_other_service() {
    for file in "$unit" /lib/systemd/system/greengrassd.service "$script"; do
        other=$(root_of "$file")
        # A core that was removed without its service has none.
        if [ -n "$other" ] && [ "$other" != "$root" ] && [ -x "$other/ggc/core/greengrassd" ]; then
            say "$file"
            return 0
        fi
    done
    return 1
}

refuse_other_service() {
    find_init
    [ "$init" != none ] || return 0
    file=$(find_other_service) || return 0
    fail "$file is the service of the core in $(root_of "$file"), and there is one such service on a machine. Install this core without one (--init none), or remove the other one first (install.sh --root $(root_of "$file") --uninstall; a package: with apt)."
}

# The file with the process number of the core in the root: the root's name with - for /, and _ before each - and _.
process_file() { printf '/var/run/greengrassd-%s.pid' "$(printf %s "${root#/}" | sed -e 's,[-_],_&,g' -e 's,/,-,g')"; }

# A service's file for a root that is not V1's.
name_root() { sed -e "s,/greengrass/,$root/,g" -e "s,^root=.*,root=$root," -e "s,^PIDFile=.*,PIDFile=$(process_file)," "$1"; }

# install_file FROM TO MODE: with the root's name in it; a file that is the same already is left alone.
install_file() {
    if [ "$root" = /greengrass ]; then text=$(cat "$1"); else text=$(name_root "$1"); fi
    if [ -f "$2" ] && [ "$text" = "$(cat "$2")" ]; then return 0; fi
    say "Writing $2"
    [ "$dry" = no ] || return 0
    mkdir -p "$(dirname -- "$2")"
    printf '%s\n' "$text" >"$2.partial"
    chmod "$3" "$2.partial"
    mv "$2.partial" "$2"
}

install_service() {
    find_init
    # The user's own, once it is there.
    [ "$init" = none ] || is_there "$defaults" || install_file "$here/greengrassd.default" "$defaults" 644
    case $init in
        systemd)
            install_file "$here/greengrassd.service" "$unit" 644
            [ ! -d /run/systemd/system ] || act systemctl daemon-reload
            act systemctl enable greengrassd.service
            ;;
        sysv)
            install_file "$here/greengrassd.init" "$script" 755
            if has update-rc.d; then
                act update-rc.d greengrassd defaults
            elif has chkconfig; then
                act chkconfig --add greengrassd
            else
                say "Nothing here links init scripts into run levels (neither update-rc.d nor chkconfig): do that by hand for $script."
            fi
            ;;
        none) say "No service was installed: neither systemd nor init scripts were found, or --init none was given." ;;
    esac
}

# Another root's stays.
remove_service() {
    if [ "$(root_of "$unit")" = "$root" ]; then
        act systemctl disable greengrassd.service
        act rm -f "$unit"
        [ ! -d /run/systemd/system ] || act systemctl daemon-reload
    fi
    if [ "$(root_of "$script")" = "$root" ]; then
        act rm -f "$script"
        if has update-rc.d; then act update-rc.d greengrassd remove; elif has chkconfig; then act chkconfig --del greengrassd; fi
    fi
}

# -- all of it --------------------------------------------------------------------------------------------------------

next_steps() {
    say "Version $version is installed in $root."
    if [ ! -f "$root/config/config.json" ]; then say "Configure it:  $root/ggc/core/greengrassd init"; fi
    verb=start
    ! is_running || verb=restart
    case $init in
        systemd) say "Start it:      systemctl $verb greengrassd" ;;
        sysv) say "Start it:      $script $verb" ;;
        *) say "Start it:      $root/ggc/core/greengrassd $verb" ;;
    esac
}

remove_all() {
    if is_running; then
        act "$root/ggc/core/greengrassd" stop
        [ "$dry" = yes ] || ! is_running || fail "a core still runs from $root, which greengrassd stop did not end: end its process and run this again."
    fi
    remove_service
    if file=$(find_other_service); then
        say "The users stay: $file is the service of the core in $(root_of "$file")."
    else
        remove_user ggc_user ggc_group
        remove_user greengrass greengrass
        [ "$purge" = no ] || act rm -f "$defaults"
    fi
    act rm -f "$root/ggc/core"
    act rm -rf "$root/ggc/packages/$version"
    if [ "$purge" = yes ]; then
        for name in certs config ggc/deployment ggc/deployments ggc/socket ggc/var ggc/v1; do act rm -rf "${root:?}/$name"; done
    fi
    # Only what is empty: other versions and the user's files stay.
    for folder in ggc/packages ggc certs config ''; do
        [ ! -d "$root/$folder" ] || act rmdir "$root/$folder" 2>/dev/null || true
    done
    say "Version $version was removed from $root."
}

# apt installs, upgrades and removes what is a package's; what V1 left is the same there.
if has dpkg-query && [ "$root" = /greengrass ] && dpkg-query -W -f '${db:Status-Status}' greengrassd 2>/dev/null | grep -q '^installed$'; then
    [ "$migrate" = yes ] || fail "/greengrass belongs to the Debian package greengrassd here: use apt to install, upgrade or remove it."
    take_over
    exit 0
fi
if [ "$uninstall" = yes ]; then
    remove_all
    exit 0
fi
refuse_other_service
if [ "$migrate" = yes ]; then take_over; else hint_at_migration; fi
make_users
check_machine
place_program
install_service
if [ "$dry" = yes ]; then say "Nothing was changed."; else next_steps; fi
