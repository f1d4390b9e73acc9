"""`sys.stdout` and `sys.stderr` of a function: what is written becomes log records with the writer's file and line."""

import sys

from greengrass_runtime import records

try:
    from _thread import _local
except ImportError:
    from thread import _local

_PYTHON_2 = sys.version_info[0] == 2
# Opcodes of Python 2.7's print statement: PRINT_ITEM, PRINT_NEWLINE, PRINT_ITEM_TO, PRINT_NEWLINE_TO.
_PRINT_STATEMENT = frozenset((71, 72, 73, 74))
# A printed line that never ends is written in pieces of about this many characters.
_LONGEST_UNFINISHED_LINE = 8192


class _Bytes(object):
    """`sys.stdout.buffer`: takes bytes, for functions that write them."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, data):
        self._stream.record(bytes(data).decode('utf-8', 'replace'), sys._getframe(1))
        return len(data)

    def flush(self):
        pass

    def fileno(self):
        return self._stream.fileno()


class LogStream(object):
    """A text file of one log level. Each write is a record; a lone newline, as `print` writes it, is none."""

    encoding = 'utf-8'
    errors = 'replace' if _PYTHON_2 else 'backslashreplace'
    newlines = None
    closed = False
    line_buffering = True
    mode = 'w'
    softspace = 0

    def __init__(self, level, name='<log>'):
        self.name = name
        self._level = level
        self._unfinished = _local()
        self.buffer = _Bytes(self)

    def write(self, data):
        """Writes one record for `data`, at the place of the caller."""
        frame = sys._getframe(1)
        if _PYTHON_2:
            if not isinstance(data, (str, unicode)):  # noqa: F821
                data = str(data)
            code = frame.f_code.co_code
            if frame.f_lasti < len(code) and ord(code[frame.f_lasti]) in _PRINT_STATEMENT:
                return self._printed(data, frame)
            self._finish()
            self.softspace = 0
        elif not isinstance(data, str):
            raise TypeError('write() argument must be str, not ' + type(data).__name__)
        self.record(data, frame)
        return None if _PYTHON_2 else len(data)

    def record(self, text, frame):
        """Writes one record at the place of `frame`, unless there is nothing to tell."""
        if text.endswith('\n'):
            text = text[:-1]
        if text:
            records.write(self._level, frame.f_code.co_filename, frame.f_lineno or 0, text)

    def _printed(self, data, frame):
        # Python 2's print statement writes each item and each blank by itself: one record for the whole line.
        state = self._unfinished
        pending = getattr(state, 'text', None)
        if pending is not None and state.frame is not frame:
            self._finish()
            pending = None
        if pending is None:
            state.frame = frame
            pending = []
            state.text = pending
            state.line = frame.f_lineno
        if data == '\n':
            self._finish()
            return
        pending.append(data)
        if sum(map(len, pending)) > _LONGEST_UNFINISHED_LINE:
            self._finish()

    def _finish(self):
        state = self._unfinished
        pending = getattr(state, 'text', None)
        if pending is None:
            return
        frame, line = state.frame, state.line
        state.text = state.frame = None
        text = b''.join(records.encoded(item) for item in pending)
        if text.endswith(b'\n'):
            text = text[:-1]
        if text:
            records.write(self._level, frame.f_code.co_filename, line, text)

    def writelines(self, lines):
        for line in lines:
            self.record(line, sys._getframe(1))

    def flush(self):
        """Records are written at once; only a print statement without its newline (Python 2) may be waiting."""
        self._finish()

    def fileno(self):
        return records.descriptor(self._level)

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def close(self):
        pass

    def reconfigure(self, **_):
        pass


def _text(value):
    if _PYTHON_2:
        return records.encoded(value if isinstance(value, type(u'')) else str(value))
    return str(value)


def _print_to_log(builtin):
    """The function `print`, but a line with several values is one record, not one for each value and each blank."""

    def print_record(*values, **options):
        file = options.get('file')
        if file is None:
            file = sys.stdout
        if not isinstance(file, LogStream) or not _OPTIONS.issuperset(options):
            return builtin(*values, **options)
        separator = options.get('sep')
        end = options.get('end')
        text = _text(' ' if separator is None else separator).join([_text(value) for value in values])
        file.record(text + _text('\n' if end is None else end), sys._getframe(1))

    return print_record


_OPTIONS = frozenset(('sep', 'end', 'file', 'flush'))


def install():
    """Sends the process's standard streams to the log: output as INFO, errors as ERROR."""
    sys.stdout = LogStream('INFO', '<stdout>')
    sys.stderr = LogStream('ERROR', '<stderr>')
    if _PYTHON_2:
        import __builtin__ as builtins
    else:
        import builtins
    # By name: `builtins.print` is no Python 2, where `from __future__ import print_function` finds it here.
    setattr(builtins, 'print', _print_to_log(getattr(builtins, 'print')))
