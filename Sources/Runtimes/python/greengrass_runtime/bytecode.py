"""Takes compiled code from the folder that the function's deployment made (`ahead.py` compiles it).

A worker may write neither into its package nor here, so that without that folder everything is compiled at each start.
PYTHONPYCACHEPREFIX is no way to it: the standard library's own compiled code would be passed over.

A file that is not there, of another Python or of another source costs the time of compiling, no more. The loader overrides
no more than where bytes come from: a frame of ours in an import would be in every traceback of a syntax error.
"""

import os
import sys

_OPTION = '--bytecode='


def use(arguments, runtime):
    """Takes modules of `runtime` and of the package, the working directory, from the folder that the arguments name."""
    if sys.version_info >= (3, 7):
        for argument in arguments:
            if argument.startswith(_OPTION):
                _install(argument[len(_OPTION):], runtime, os.getcwd())


def _install(folder, runtime, package):
    from importlib import machinery
    places = ((runtime + '/', folder + '/runtime/'), (package + '/', folder + '/lambda/'))

    def is_ours(path):
        return (path + '/').startswith((runtime + '/', package + '/'))

    class Loader(machinery.SourceFileLoader):
        def get_data(self, path):
            if path.endswith('.pyc'):
                for source, place in places:
                    if path.startswith(source):
                        try:
                            return machinery.SourceFileLoader.get_data(self, place + path[len(source):])
                        except OSError:
                            break
            return machinery.SourceFileLoader.get_data(self, path)

        def set_data(self, path, data, _mode=0o666):
            pass  # a package stays as it was deployed, where the function's user could write to it too

    find = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES), (Loader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES))

    def hook(path):
        if not is_ours(path):
            raise ImportError('not a place with compiled code')
        return find(path)

    sys.path_hooks.insert(0, hook)
    for path in list(sys.path_importer_cache):
        if is_ours(path):
            del sys.path_importer_cache[path]
