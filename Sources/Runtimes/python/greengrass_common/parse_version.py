"""Interface versions: `major.minor`."""


def parse_version(version):
    """Returns (major, minor) as integers; ValueError when `version` has another shape."""
    parts = version.strip().split('.')
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        raise ValueError('Cannot parse "{}" as a version: expected major.minor, for example 1.5.'.format(version))
    return int(parts[0]), int(parts[1])
