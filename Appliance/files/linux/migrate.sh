# shellcheck shell=sh disable=SC2154
# What install.sh does with older cores: "GGC v1.1.0" in V1's what-is-gg.md; rows INST-12.

# copy_new FROM TO: what is there already stays.
copy_new() {
    is_there "$1" || return 0
    if is_there "$2"; then
        say "  $2 is there already and stays"
    else
        act cp -Rp "$1" "$2"
    fi
}

# keep_aside FOLDER NAME: what another version has written and this one cannot read.
keep_aside() {
    is_there "$1/$2" || return 0
    if is_there "$1/v1/$2"; then fail "$1/$2 and $1/v1/$2 are both there: move one of them away and run this again."; fi
    act mkdir -p "$1/v1"
    act mv "$1/$2" "$1/v1/$2"
    say "  $1/$2 is kept as $1/v1/$2"
}

# The deployments of this core are a link; V1's are a folder.
is_v1_state() { [ -d "$1/deployment" ] && [ ! -L "$1/deployment" ]; }

write_directory() {
    configuration=$root/config/config.json
    [ -f "$configuration" ] || configuration=$root/configuration/config.json
    [ ! -f "$configuration" ] || sed -n 's/.*"writeDirectory"[[:space:]]*:[[:space:]]*"\(\/[^"]*\)".*/\1/p' "$configuration" | head -n 1
}

take_over() {
    is_running && fail "a core runs from $root. Stop it (greengrassd stop, of the version that runs) and run this again."
    state=$(write_directory)
    [ -n "$state" ] || state=$root/ggc
    if [ -d "$root/configuration" ]; then
        say "Taking over version 1.0 from $root/configuration"
        for folder in certs config; do [ -d "$root/$folder" ] || act mkdir -p "$root/$folder"; done
        for file in "$root"/configuration/certs/*; do copy_new "$file" "$root/certs/$(basename -- "$file")"; done
        copy_new "$root/configuration/config.json" "$root/config/config.json"
    fi
    if is_v1_state "$state"; then
        say "Taking over version 1.1 or later in $root"
        keep_aside "$state" deployment
        keep_aside "$state" var
    fi
    [ -f "$root/config/config.json" ] || [ "$dry" = yes ] ||
        fail "there is nothing to take over: neither $root/configuration/config.json (1.0) nor $root/config/config.json (1.1 and later)."
    say "Deploy the group to the new core: deployments are not taken over."
}

hint_at_migration() {
    if { [ -d "$root/configuration" ] && [ ! -f "$root/config/config.json" ]; } || is_v1_state "$root/ggc"; then
        fail "$root has what AWS IoT Greengrass 1.x left. Take it over with --migrate, or move it away."
    fi
}
