#!/bin/bash
# Sourced by libraries/*: `libraries/NAME ARCH FOLDER` with BASE, the sysroot so far, in the environment.
# Sets output, work and cc, and unpacks the source into $source.
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
load_target "$1"
output=$2
mkdir -p "$output/usr/include" "$output/usr/lib"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ar=$swift_bin/llvm-ar
ranlib="$swift_bin/llvm-ar s"
cc="$swift_bin/clang --target=$c_target $c_flags --sysroot=$BASE -Os -ffunction-sections -fdata-sections"
cc="$cc -ffile-prefix-map=$work=. -fuse-ld=lld -static -w"

# unpack NAME: Debian's source with Debian's patches applied, its licence and its digests beside the result.
unpack() {
    local folder
    folder=$("$sdk_scripts/fetch" source "$1" -)
    dpkg-source --no-check -x "$folder"/*.dsc "$work/source"
    source=$work/source
    (cd "$folder" && sha256sum -- *) >"$output/SOURCES"
    mkdir -p "$output/usr/share/doc/$1"
    cp "$source/debian/copyright" "$output/usr/share/doc/$1/"
}
