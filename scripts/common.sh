# Sourced by the other scripts: where the tree and the cache are, and how to talk to people.

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cache=${PERENNIAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/perennial}

if [ -t 1 ]; then
    bold=$(printf '\033[1m') red=$(printf '\033[31m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
else
    bold='' red='' green='' plain=''
fi

say() { printf '%s\n' "$*"; }
announce() { printf '\n%s==> %s%s\n' "$bold" "$*" "$plain"; }
warn() { printf '%s\n' "$*" >&2; }
fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
    exit 1
}
