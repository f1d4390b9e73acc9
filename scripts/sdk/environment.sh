#!/bin/bash
# Sourced by every script of the SDK: where things are, and what one target consists of.
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

sdk_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$sdk_scripts/../.." && pwd)
cache=${PERENNIAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/perennial}
all_architectures="armv6l armv7l aarch64 x86_64"

# The Swift toolchain brings compiler, linker and archiver for every target; Debian's own would be a second opinion.
swift_bin=$(dirname "$(readlink -f "$(command -v swiftc || echo /)")")
if [ ! -x "$swift_bin/clang" ]; then
    echo "error: no Swift toolchain on PATH: install Swift 6.3 and put its usr/bin folder on PATH" >&2
    exit 1
fi

say() { echo "sdk: $*" >&2; }
fail() { echo "error: $*" >&2; exit 1; }

# load_target ARCH: sets triple c_target multiarch debian openssl_target emulator c_flags.
load_target() {
    local row
    row=$(awk -v name="$1" '$1 == name' "$sdk_scripts/targets")
    [ -n "$row" ] || fail "unknown architecture \"$1\": expected one of $all_architectures"
    read -r architecture triple c_target multiarch debian openssl_target emulator c_flags <<<"$row"
    if [ "$emulator" = - ]; then emulator=; else emulator=${emulator//:/ }; fi
}

# digest FILE...: one SHA-256 over names and contents, the key of whatever is made from them.
digest() { (cd "$sdk_scripts" && sha256sum "$@" | sha256sum | cut -c1-16); }
