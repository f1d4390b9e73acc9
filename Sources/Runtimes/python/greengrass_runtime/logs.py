"""Gets everything a function says into its log: streams, uncaught exceptions, and `logging` if it is imported."""

import sys

from greengrass_runtime import records, streams

_PYTHON_2 = sys.version_info[0] == 2


class _LoggingFinder(object):
    """Waits for the first `import logging`, lets it happen, and gives the root logger the core's handler.

    `logging` is a third of the start time of a function that does not use it, so the runtime does not import it itself.
    """

    def find_spec(self, name, path=None, target=None):
        if name != 'logging':
            return None
        sys.meta_path.remove(self)
        from importlib.machinery import PathFinder
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _attach()

        spec.loader.exec_module = exec_module
        return spec

    def find_module(self, name, path=None):
        """Python 2's half of the protocol."""
        return self if name == 'logging' else None

    def load_module(self, name):
        sys.meta_path.remove(self)
        __import__(name)
        _attach()
        return sys.modules[name]


def _attach():
    from greengrass_common import common_log_appender
    common_log_appender.install()


def traceback_text(kind, error, trace):
    """The traceback as Python prints it, without a newline at its end."""
    import traceback
    lines = traceback.format_exception(kind, error, trace)
    return ''.join(records.shown(line) for line in lines).rstrip('\n')


def _place(trace):
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return 'lambda_runtime.py', 0
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno


def record_exception(introduction, kind, error, trace):
    """One ERROR record with the whole traceback, at the place the exception was raised."""
    file, line = _place(trace)
    records.write('ERROR', file, line, introduction + '\n' + traceback_text(kind, error, trace))


def _uncaught(kind, error, trace):
    record_exception('Uncaught exception:', kind, error, trace)


def _uncaught_in_thread(arguments):
    if arguments.exc_type is SystemExit:
        return
    name = arguments.thread.name if arguments.thread is not None else 'without a name'
    record_exception('Uncaught exception in thread {}:'.format(name),
                     arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _unraisable(arguments):
    record_exception('{}: {!r}'.format(arguments.err_msg or 'Exception ignored in', arguments.object),
                     arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _install_hooks():
    # The interpreter's own hooks write a traceback in dozens of pieces, each of which would be a record.
    sys.excepthook = _uncaught
    if sys.version_info < (3, 8):
        return
    sys.unraisablehook = _unraisable
    threading = sys.modules.get('threading')
    if threading is not None:
        threading.excepthook = _uncaught_in_thread
    else:
        import _thread  # `threading` takes its hook from here when it is imported
        _thread._excepthook = _uncaught_in_thread


def install():
    """To be called once, before any code of the function runs."""
    records.keep_from_programs()
    streams.install()
    _install_hooks()
    if 'logging' in sys.modules:
        _attach()
    else:
        sys.meta_path.insert(0, _LoggingFinder())
