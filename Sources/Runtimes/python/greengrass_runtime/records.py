"""Log records: `file:line,message`, one line or more, written to the descriptor the core opened for their level.

The core names the descriptors in `_GG_LOG_FD_<LEVEL>`. Without them (a function started by hand) records go to
standard output and standard error.
"""

import errno
import os
import sys

try:
    from _thread import allocate_lock, get_ident
except ImportError:
    from thread import allocate_lock, get_ident

_PYTHON_2 = sys.version_info[0] == 2
_STANDARD_ERROR = 2
_FALLBACK = {'TRACE': 1, 'DEBUG': 1, 'INFO': 1, 'WARN': 2, 'ERROR': 2, 'FATAL': 2}
_descriptors = {}


def descriptor(level):
    """The file descriptor of a level (TRACE, DEBUG, INFO, WARN, ERROR, FATAL)."""
    found = _descriptors.get(level)
    if found is None:
        value = os.environ.get('_GG_LOG_FD_' + level, '')
        found = int(value) if value.isdigit() else _FALLBACK[level]
        _descriptors[level] = found
    return found


def keep_from_programs():
    """Programs that a function starts do not inherit the log descriptors: one that outlives it would hold them open."""
    for level in _FALLBACK:
        number = descriptor(level)
        if number > _STANDARD_ERROR:
            try:
                if _PYTHON_2:
                    import fcntl
                    fcntl.fcntl(number, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
                else:
                    os.set_inheritable(number, False)
            except (IOError, OSError):
                pass  # not open: write_line falls back


class _Lock(object):
    """Keeps the pieces of a long line together. A forked child gets a fresh one; a signal handler gets through."""

    def __init__(self):
        self._renew()

    def _renew(self):
        self._process = os.getpid()
        self._lock = allocate_lock()
        self._owner = None

    def acquire(self):
        """True when `release` is due, False when this very thread already holds the lock."""
        if self._process != os.getpid():
            self._renew()
        me = get_ident()
        if self._owner == me:
            return False
        self._lock.acquire()
        self._owner = me
        return True

    def release(self):
        self._owner = None
        self._lock.release()


_lock = _Lock()


def encoded(text):
    """UTF-8 bytes of text; what cannot be encoded is escaped. Bytes are left alone."""
    if isinstance(text, bytes):
        return text
    return text.encode('utf-8', 'replace' if _PYTHON_2 else 'backslashreplace')


def shown(text):
    """Text as this Python's native `str`, for building messages: UTF-8 bytes on Python 2."""
    return encoded(text) if _PYTHON_2 else text


def say(level, message):
    """Writes a record of the runtime's own, at the place of the caller."""
    frame = sys._getframe(1)
    write(level, frame.f_code.co_filename, frame.f_lineno, message)


def write(level, file, line, message):
    """Writes a record for the code at `line` of `file`."""
    if _PYTHON_2:
        write_line(level, b'%s:%d,%s' % (encoded(os.path.basename(file)), line, encoded(message)))
    else:
        write_line(level, '%s:%d,%s' % (os.path.basename(file), line, message))


def write_line(level, line):
    """Writes a record that already has its place in it. Never raises: a log must not break a function."""
    data = encoded(line) + b'\n'
    number = descriptor(level)
    held = _lock.acquire()
    try:
        try:
            _write_all(number, data)
        except (IOError, OSError) as error:
            if error.errno == errno.EBADF and number != _STANDARD_ERROR:
                _descriptors[level] = _STANDARD_ERROR
                try:
                    _write_all(_STANDARD_ERROR, data)
                except (IOError, OSError):
                    pass
    finally:
        if held:
            _lock.release()


def _write_all(number, data):
    while data:
        try:
            written = os.write(number, data)
        except (IOError, OSError) as error:
            if error.errno == errno.EINTR:
                continue
            if error.errno != errno.EAGAIN:
                raise
            import select
            waiting = select.poll()
            waiting.register(number, select.POLLOUT)
            waiting.poll(1000)
            continue
        data = data[written:]
