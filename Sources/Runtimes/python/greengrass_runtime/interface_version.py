"""Whether the Greengrass SDK a function brings asks for more than this core has.

The SDK says what it needs in `greengrasssdk.INTERFACE_VERSION`. Importing it to find out would cost a function that
does not use it more than the rest of its start, so the line is read from the file.
"""

import os
import sys


class Incompatible(Exception):
    """The SDK and the core do not go together."""


def declared_version(directories):
    """The interface version of the first SDK found, '1.0' of one that declares none; None where there is no SDK."""
    for directory in directories:
        path = os.path.join(directory or '.', 'greengrasssdk', '__init__.py')
        try:
            source = open(path, 'rb')
        except (IOError, OSError):
            continue
        with source:
            for line in source:
                name, equals, value = line.partition(b'=')
                if equals and name.strip() == b'INTERFACE_VERSION':
                    return value.split(b'#')[0].strip().strip(b'\'"').decode('ascii', 'replace')
        return '1.0'
    return None


def check(arn, maximum, directories=None):
    """Incompatible when the SDK on the path needs another major version than `maximum` or a higher minor one."""
    if not maximum:
        return
    declared = declared_version(sys.path if directories is None else directories)
    if declared is None:
        return
    from greengrass_common.parse_version import parse_version
    major, minor = parse_version(declared)
    core_major, core_minor = parse_version(maximum)
    if major != core_major or minor > core_minor:
        raise Incompatible(
            'There was a version incompatibility between the Greengrass SDK used by your function [{}] and the '
            'Greengrass Core. The SDK needs interface version {}, the core has {}. '
            'Put a version of greengrasssdk into the function\'s package that asks for at most {}.'.format(
                arn, declared, maximum, maximum))
