"""Compiles a function's modules and the runtime's when the function is deployed, for `bytecode.py` to take at its starts.

`python3.7 -I -B -S ahead.py RUNTIME PACKAGE SECONDS FILES BYTES` runs as the function's user and executes nothing of
what it compiles. To standard output goes a record for each module: four bytes with the length of its path, four with that
of its content (the high byte first), the path below the folder that is made of them, the content. Two lengths of 0 end it.
What does not compile is left out: the function itself will say why. SECONDS, FILES and BYTES bound it; the modules that are
nearest to the top of the package come first.
"""

import os
import stat
import sys
import time

# Longer modules are data. Compiling takes a hundred times their size of memory.
_LONGEST_SOURCE = 1 << 20
_MOST_MEMORY = 512 << 20
# The flags of a compiled file (PEP 552): its source is known by time and size, or by a hash that is looked at. Packages are
# unpacked anew by each deployment; files of the runtime may come from archives in which all have one time.
_BY_TIME = 0
_BY_HASH = 3


def sources(top):
    """Paths below `top` of its modules; those of a folder before those of the folders in it. Links to folders are left."""
    folders = ['']
    for folder in folders:
        try:
            entries = sorted(os.scandir(os.path.join(top, folder)), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name != '__pycache__':
                    folders.append(path)
            elif entry.name.endswith('.py'):
                yield path


def compiled(path, flags):
    """The compiled file of a source; None where there can be none."""
    import marshal
    from importlib import util
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LONGEST_SOURCE:
            return None
        with open(path, 'rb') as file:
            source = file.read()
        code = marshal.dumps(compile(source, path, 'exec', dont_inherit=True))
    except Exception:
        return None
    if flags == _BY_HASH:
        identity = util.source_hash(source)
    else:
        identity = _number(int(status.st_mtime)) + _number(status.st_size)
    return util.MAGIC_NUMBER + _number(flags) + identity + code


def _number(value):
    return (value & 0xFFFFFFFF).to_bytes(4, 'little')


def records(tops, seconds, files, size):
    """The records of all modules, within the bounds."""
    from importlib import util
    end = time.monotonic() + seconds
    for top, name, flags in tops:
        for path in sources(top):
            if files == 0 or time.monotonic() > end:
                return
            content = compiled(os.path.join(top, path), flags)
            if content is None:
                continue
            place = os.fsencode(util.cache_from_source(os.path.join(name, path)))
            if len(content) > size:
                continue
            files -= 1
            size -= len(content)
            yield len(place).to_bytes(4, 'big') + len(content).to_bytes(4, 'big') + place + content


def main(runtime, package, seconds, files, size):
    bound_memory()
    if sys.version_info >= (3, 7):
        tops = ((runtime, 'runtime', _BY_HASH), (package, 'lambda', _BY_TIME))
        for record in records(tops, float(seconds), int(files), int(size)):
            sys.stdout.buffer.write(record)
    sys.stdout.buffer.write(bytes(8))
    sys.stdout.buffer.flush()


def bound_memory():
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    except (ImportError, OSError, ValueError):
        pass  # the time is bounded too


if __name__ == '__main__':
    main(*sys.argv[1:])
