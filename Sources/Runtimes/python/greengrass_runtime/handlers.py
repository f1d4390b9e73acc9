"""Finding the handler of a function: `--handler=module.function`."""

import os
import sys


class HandlerNotFound(Exception):
    """The function's package has no such handler. The message says what it has."""


def option(arguments):
    """The handler's name from the command line: `--handler=x.y` or `--handler x.y`; None without one."""
    for position, argument in enumerate(arguments):
        if argument.startswith('--handler='):
            return argument[len('--handler='):]
        if argument == '--handler' and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def use_package(directory):
    """Puts the function's package first on the search path.

    Packages of the runtime that a function carries along (old SDKs made people do so) do not replace ours, which are
    loaded by now; what only theirs have is found there.
    """
    if directory in sys.path:
        sys.path.remove(directory)
    sys.path.insert(0, directory)
    for name in ('greengrass_common', 'greengrass_ipc_python_sdk'):
        carried = os.path.join(directory, name)
        package = sys.modules.get(name)
        if package is not None and os.path.isdir(carried) and carried not in package.__path__:
            package.__path__.append(carried)


def load(name, directory):
    """Imports the module of handler `name` and returns the function. Whatever its import raises comes through."""
    module_name, dot, function_name = name.rpartition('.')
    if not dot or not module_name or not function_name:
        raise HandlerNotFound('"{}" is not a handler. It is written module.function, for example '
                              'index.function_handler.'.format(name))
    module_name = module_name.replace('/', '.')
    try:
        __import__(module_name)
    except ImportError as error:
        if _is_there(module_name, directory) or not _is_about(error, module_name):
            raise
        raise HandlerNotFound('{} (the function\'s package has: {})'.format(error, _listing(directory)))
    module = sys.modules[module_name]
    handler = getattr(module, function_name, None)
    if handler is None:
        raise HandlerNotFound('module {} has no function {}'.format(module_name, function_name))
    if not callable(handler):
        raise HandlerNotFound('{} of module {} is a {}, not a function'.format(
            function_name, module_name, type(handler).__name__))
    return handler


def _is_about(error, module_name):
    return module_name.split('.')[-1] in str(error)


def _is_there(module_name, directory):
    path = os.path.join(directory, *module_name.split('.'))
    return os.path.isdir(path) or os.path.isfile(path + '.py')


def _listing(directory):
    try:
        names = sorted(os.listdir(directory))
    except (IOError, OSError) as error:
        return 'nothing readable: {}'.format(error)
    shown = names[:20]
    return ', '.join(shown) + (', ...' if len(names) > len(shown) else '') if shown else 'no files'
