# A stand-in for OpenWrt's procd.sh: the calls by which an init script tells procd what to run. The real one sends them
# to procd over ubus; this one writes them into files below /var/run/procd, and sbin/procd starts each instance. A
# parameter or trigger that the real one does not have, or that this one does not carry out, is an error.
# shellcheck shell=dash disable=SC3043,SC2154 # initscript is rc.common's

procd_state=/var/run/procd

procd_open_service() {
    procd_service="$1"
    procd_count=0
    procd_new="$procd_state/$1.new"
    rm -rf "$procd_new"
    mkdir -p "$procd_new"
}

procd_open_instance() {
    [ -n "$procd_service" ] || stand_in_fail "procd_open_instance outside of a service"
    [ -z "$procd_instance" ] || stand_in_fail "procd_open_instance within the instance $procd_instance"
    procd_count=$((procd_count + 1))
    procd_instance="$procd_new/${1:-instance$procd_count}"
    mkdir "$procd_instance"
}

# Whether a parameter is a list, a single value or a table; an error if there is none of that name.
procd_check_param() {
    [ -n "$procd_instance" ] || stand_in_fail "a procd parameter $1 outside of an instance"
    case "$1" in
        command | env | limits | file | respawn) ;;
        term_timeout | stdout | stderr | pidfile)
            [ $# -eq 2 ] || stand_in_fail "procd parameter $1 has $(($# - 1)) values: expected one"
            ;;
        data | netdev | watch | watchdog | error | nice | reload_signal | user | group | seccomp | capabilities | \
            facility | extroot | overlaydir | tmpoverlaysize | vrf | no_new_privs)
            stand_in_fail "procd has the parameter $1, this stand-in does not carry it out: add it to sbin/procd-instance"
            ;;
        *) stand_in_fail "procd has no parameter $1" ;;
    esac
}

procd_set_param() {
    procd_check_param "$@"
    : >"$procd_instance/$1"
    procd_append_param "$@"
}

procd_append_param() {
    local type="$1" value
    procd_check_param "$@"
    shift
    for value; do printf '%s\n' "$value" >>"$procd_instance/$type"; done
    if [ "$type" = respawn ] && [ ! -s "$procd_instance/respawn" ]; then
        printf '3600\n5\n5\n' >"$procd_instance/respawn"
    fi
}

procd_close_instance() {
    local file
    [ -s "$procd_instance/command" ] || stand_in_fail "an instance of $procd_service has no command"
    # A file whose content changed makes another instance.
    if [ -f "$procd_instance/file" ]; then
        while read -r file; do
            md5sum "$file" 2>/dev/null || echo "none $file"
        done <"$procd_instance/file" >"$procd_instance/sums"
    fi
    procd_instance=''
}

procd_add_reload_trigger() {
    local name
    for name; do echo "$name $initscript reload" >>"$procd_new/triggers"; done
}

# Compares what runs with what was told: what is the same goes on, the rest is stopped and started.
procd_close_service() {
    local method="${1:-set}" running="$procd_state/$procd_service" path name
    [ -z "$procd_instance" ] || stand_in_fail "the instance $procd_instance was not closed"
    service_triggers
    mkdir -p "$running"
    rm -f "$running/triggers"
    [ ! -f "$procd_new/triggers" ] || mv "$procd_new/triggers" "$running/triggers"
    for path in "$running"/*/; do
        if [ "$method" != set ] || [ ! -d "$path" ]; then continue; fi
        name=$(basename "$path")
        [ -d "$procd_new/$name" ] || procd_stop "$path"
    done
    for path in "$procd_new"/*/; do
        [ -d "$path" ] || continue
        name=$(basename "$path")
        if procd_is_running "$running/$name" && procd_same "$path" "$running/$name"; then continue; fi
        [ ! -d "$running/$name" ] || procd_stop "$running/$name"
        mv "$path" "$running/$name"
        [ -p "$procd_state/requests" ] || stand_in_fail "procd does not run"
        echo "$procd_service $running/$name" >"$procd_state/requests"
        # Another call finds the supervisor by its number.
        while [ ! -s "$running/$name/supervisor" ]; do usleep 10000; done
    done
    rm -rf "$procd_new"
    procd_service=''
}

procd_same() {
    local param
    for param in command env limits respawn term_timeout stdout stderr pidfile sums; do
        [ "$(cat "$1/$param" 2>/dev/null)" = "$(cat "$2/$param" 2>/dev/null)" ] || return 1
    done
}

procd_is_running() { [ -s "$1/supervisor" ] && kill -0 "$(cat "$1/supervisor")" 2>/dev/null; }

# TERM, and after the time that the instance has for its end, KILL.
procd_stop() {
    local ticks=0 limit
    limit=$(cat "$1/term_timeout" 2>/dev/null || echo 5)
    if procd_is_running "$1"; then
        kill -TERM "$(cat "$1/supervisor")"
        while procd_is_running "$1"; do
            ticks=$((ticks + 1))
            [ "$ticks" -ne $((limit * 10)) ] || kill -KILL "$(cat "$1/pid")"
            usleep 100000
        done
    fi
    rm -rf "$1"
}

# procd_kill SERVICE [INSTANCE]
procd_kill() {
    local path
    for path in "$procd_state/$1"/*/; do
        [ -d "$path" ] || continue
        [ -z "$2" ] || [ "$2" = "$(basename "$path")" ] || continue
        procd_stop "$path"
    done
    [ -n "$2" ] || rm -rf "${procd_state:?}/$1"
}

# procd_running SERVICE [INSTANCE]
procd_running() {
    local path
    for path in "$procd_state/$1"/*/; do
        [ -d "$path" ] || continue
        [ "${2:-*}" = '*' ] || [ "$2" = "$(basename "$path")" ] || continue
        ! procd_is_running "$path" || return 0
    done
    return 1
}

# procd_send_signal SERVICE [INSTANCE] [SIGNAL]
procd_send_signal() {
    local path
    for path in "$procd_state/$1"/*/; do
        [ -s "$path/pid" ] || continue
        [ "${2:-*}" = '*' ] || [ "$2" = "$(basename "$path")" ] || continue
        kill "-${3:-HUP}" "$(cat "$path/pid")"
    done
}

procd_status() {
    [ -d "$procd_state/$1" ] || { echo inactive; return 3; }
    if procd_running "$1"; then echo running; return 0; fi
    [ -n "$(find "$procd_state/$1" -mindepth 1 -type d)" ] || { echo 'active with no instances'; return 0; }
    echo 'not running'
    return 5
}
