"""Where things are, and what went wrong."""

import pathlib
import re

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DIST = REPOSITORY / "dist"

VERSION = re.search(r'product = "([^"]+)"', (REPOSITORY / "Sources" / "Core" / "Version.swift").read_text())[1]
V1_NAMES = {"x86_64": "x86-64"}


class Failure(Exception):
    """A check that did not hold; the text says which, and what was seen instead."""


def archive(architecture):
    return DIST / f"greengrass-linux-{V1_NAMES.get(architecture, architecture)}-{VERSION}.tar.gz"


def image(flavour, architecture):
    return DIST / f"greengrass-image-{flavour}-{architecture}-{VERSION}.tar"


def emulators():
    """The command that each architecture's programs run under, from the SDK's table; empty for this machine's own."""
    result = {}
    for line in (REPOSITORY / "scripts" / "sdk" / "targets").read_text().splitlines():
        if line and not line.startswith("#"):
            columns = line.split()
            result[columns[0]] = [] if columns[6] == "-" else columns[6].split(":")
    return result
