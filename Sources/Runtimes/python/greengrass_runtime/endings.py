"""How a worker's process ends: at once, but not before its functions registered with `atexit` had their second."""

import fcntl
import os
import sys
import time

from greengrass_ipc_python_sdk.connection import Wakeup

try:
    import _signal
    import _thread
except ImportError:
    import signal as _signal
    import thread as _thread

# A function's own clean-up may take this long; the core kills what takes longer to stop than it allows.
_GRACE_SECONDS = 1.0


def leave(code):
    """Ends the process with `code`, without waiting for threads of the function's that go on."""
    _thread.start_new_thread(_leave_late, (code,))
    try:
        import atexit
        run = getattr(atexit, '_run_exitfuncs', None)
        if run is not None:
            run()
        sys.stdout.flush()
    except BaseException:
        pass  # reported by atexit itself; the process is ending
    os._exit(code)


def _leave_late(code):
    time.sleep(_GRACE_SECONDS)
    os._exit(code)


def exit_code(error):
    """The code that a SystemExit asks for."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    return 1


def obey_sigterm():
    """SIGTERM ends the worker with code 0, wherever it is. A child that a function forked dies of it as usual."""
    process = os.getpid()

    def terminate(number, frame):
        if os.getpid() != process:
            _signal.signal(number, _signal.SIG_DFL)
            os.kill(os.getpid(), number)
        leave(0)

    _signal.signal(_signal.SIGTERM, terminate)
    read_end, write_end = os.pipe()
    for descriptor in (read_end, write_end):
        fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_NONBLOCK)
        fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    if sys.version_info >= (3, 7):
        _signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    else:
        _signal.set_wakeup_fd(write_end)
    Wakeup.watch(read_end)
