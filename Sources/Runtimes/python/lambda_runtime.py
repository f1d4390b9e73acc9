"""Runs one worker of a Python function: `python -u lambda_runtime.py --handler=module.function`.

The core starts it in the directory of the function's package, with the function's environment (`MY_FUNCTION_ARN`,
`ENCODING_TYPE`, the token, where to find the core, the log descriptors). It imports the handler, which for a pinned
function may already be the whole program, and then takes work from the core until it is told to stop.

A process that cannot start says why in its log at FATAL and ends with a code other than 0.
This file is compiled at each start: it only puts the modules of `greengrass_runtime` together.
"""

import os
import sys

from greengrass_runtime import bytecode

# Before the others are imported: theirs is in there too.
bytecode.use(sys.argv[1:], os.path.dirname(os.path.realpath(__file__)))

from greengrass_common import env_vars
from greengrass_runtime import endings, handlers, interface_version, logs, records
from greengrass_runtime.worker import Function, Worker, WorkerClient, error_text


def load_handler(name, directory):
    """The handler, or the end of the process's start, said in the log with the whole traceback."""
    try:
        return handlers.load(name, directory)
    except handlers.HandlerNotFound as error:
        records.say('FATAL', 'Failed to import handler function "{}" due to exception: {}'.format(name, error_text(error)))
        raise
    except BaseException as error:
        records.say('FATAL', 'Failed to import handler function "{}" due to exception: {}\n{}'.format(
            name, error_text(error) or type(error).__name__, own_traceback()))
        raise


def own_traceback():
    """The traceback of the exception in hand, from the function's first own frame on."""
    kind, error, trace = sys.exc_info()
    while trace is not None and 'lambda_runtime' in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    while trace is not None and trace.tb_frame.f_globals.get('__name__') in ('greengrass_runtime.handlers',):
        trace = trace.tb_next
    return logs.traceback_text(kind, error, trace)


def start(arguments):
    """Everything before the first work item."""
    name = handlers.option(arguments)
    if not name:
        raise ValueError('no handler was named; expected --handler=module.function')
    arn = env_vars.MY_FUNCTION_ARN
    if not arn:
        raise ValueError('MY_FUNCTION_ARN is not set; the core sets it for the functions it starts')
    encoding = env_vars.ENCODING_TYPE or 'json'
    if encoding not in ('json', 'binary'):
        raise ValueError('ENCODING_TYPE is "{}"; expected json or binary'.format(encoding))
    directory = os.getcwd()
    handlers.use_package(directory)
    interface_version.check(arn, env_vars.GGC_MAX_INTERFACE_VERSION)
    handler = load_handler(name, directory)
    records.say('INFO', 'Running [{}]'.format(arn))
    return Worker(Function(arn, encoding), handler, WorkerClient())


def main(arguments):
    """Does not return."""
    logs.install()
    endings.obey_sigterm()
    try:
        worker = start(arguments)
    except KeyboardInterrupt:
        endings.leave(130)
    except BaseException as error:
        records.say('FATAL', 'Failed to initialize Lambda runtime due to exception: ' + (
            error_text(error) or type(error).__name__))
        endings.leave((endings.exit_code(error) if isinstance(error, SystemExit) else 1) or 1)
    try:
        worker.run()
    except SystemExit as error:
        code = endings.exit_code(error)
        records.say('ERROR', 'The handler ended the process with exit code {}.'.format(code))
        endings.leave(code)
    except KeyboardInterrupt:
        endings.leave(130)
    except BaseException as error:
        records.say('FATAL', 'The worker cannot go on: ' + error_text(error))
        endings.leave(1)


if __name__ == '__main__':
    main(sys.argv[1:])
