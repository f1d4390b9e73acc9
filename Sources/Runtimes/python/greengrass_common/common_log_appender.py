"""`logging` for functions: each record goes to the descriptor of its level, as `file:line,message`.

This module imports `logging`; the runtime loads it when, and only when, a function does (greengrass_runtime.logs).
"""

import logging
import os

from greengrass_runtime import records
from greengrass_runtime.streams import LogStream

_FORMAT = '%(filename)s:%(lineno)d,%(message)s'
_NAMES = {'NOTSET': 0, 'TRACE': 5, 'DEBUG': 10, 'INFO': 20, 'WARN': 30, 'ERROR': 40, 'FATAL': 50,
          'WARNING': 30, 'CRITICAL': 50}


def configured_level(name):
    """The number of a LOG_LEVEL name, or None when there is no such level. Unset means everything."""
    return _NAMES.get((name or 'NOTSET').strip().upper())


def level_name(number):
    """The core's name for a level of `logging`; numbers in between belong to the level below them."""
    if number >= 50:
        return 'FATAL'
    if number >= 40:
        return 'ERROR'
    if number >= 30:
        return 'WARN'
    if number >= 20:
        return 'INFO'
    return 'DEBUG' if number >= 10 else 'TRACE'


class _NoLock(object):
    """`records` has a lock of its own that survives a fork; a second one here could be held by a thread that is not."""

    def acquire(self, *_):
        return True

    def release(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


class LocalwatchLogHandler(logging.Handler):
    """Writes records to the function's log. Arguments of older versions (component type and name) are ignored."""

    def __init__(self, *_ignored, **_ignored_too):
        logging.Handler.__init__(self)
        self.setFormatter(logging.Formatter(_FORMAT))

    def createLock(self):
        self.lock = _NoLock()

    def emit(self, record):
        try:
            line = self.format(record)
        except Exception as error:
            # On Python 2 bytes and text that do not go together, everywhere arguments that do not fit their format:
            # the message is worth more than its form.
            line = '{}:{},{!r} {!r} (could not be formatted: {!r})'.format(
                record.filename if hasattr(record, 'filename') else record.module,
                record.lineno, record.msg, record.args, error)
        records.write_line(level_name(record.levelno), line)


LocalCloudwatchLogHandler = LocalwatchLogHandler
LocalwatchLogHandler.LocalCloudwatchLogHandler = LocalwatchLogHandler
local_cloudwatch_handler = LocalwatchLogHandler()


class StdioLogWriter(LogStream):
    """A file object whose lines become records of one level. `handler` is accepted for older callers."""

    def __init__(self, default_log_level=logging.INFO, handler=None):
        LogStream.__init__(self, level_name(default_log_level))


def install():
    """Makes the function's log the root logger's only destination, before any code of the function has run."""
    root = logging.getLogger()
    name = os.environ.get('LOG_LEVEL')
    level = configured_level(name)
    logging.addLevelName(5, 'TRACE')
    handler = local_cloudwatch_handler
    handler.setLevel(level or logging.NOTSET)
    root.addHandler(handler)
    root.setLevel(level or logging.NOTSET)
    if level is None:
        root.warning('LOG_LEVEL is "%s", which is no level; everything is logged. '
                     'Use TRACE, DEBUG, INFO, WARN, ERROR, FATAL or NOTSET.', name)
