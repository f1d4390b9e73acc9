"""Starts real workers of the Java runtime, against the endpoint of the Python runtime's tests.

The functions are Java source: one javac compiles those of a whole test class before its tests run."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

_HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(_HERE, '..', '..', '..'))
sys.path.insert(0, os.path.join(_HERE, '..', 'python'))

from support import RuntimeTestCase, Worker  # noqa: E402

JARS = os.path.join(TOP, 'Sources', 'Runtimes', 'java8')


def compile_functions():
    """The folder of the compiled classes of `functions/` and `sdk/`; made once."""
    if compile_functions.folder is None:
        folder = tempfile.mkdtemp(prefix='java-functions-')
        sources = sorted(glob.glob(os.path.join(_HERE, '*', '**', '*.java'), recursive=True))
        subprocess.run(['javac', '--release', '8', '-Xlint:-options', '-cp', ':'.join(glob.glob(JARS + '/**/*.jar', recursive=True)),
                        '-d', folder] + sources, check=True)
        compile_functions.folder = folder
    return compile_functions.folder


compile_functions.folder = None


def tearDownModule():
    if compile_functions.folder:
        shutil.rmtree(compile_functions.folder)


class JavaWorker(Worker):
    """A worker of a class in `functions/`; its code is the name of the handler."""

    main_file = 'about.txt'

    def command(self, handler):
        path = [JARS + '/greengrass-java-runtime.jar', compile_functions(), '.', 'lib/*',
                JARS + '/interfaces/aws-lambda-interfaces.jar']
        # As small as a machine that is tested beside others allows; a core passes no options.
        return ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', ':'.join(path),
                'com.amazonaws.greengrass.runtime.LambdaRuntime', '--handler=' + handler]


class JavaTestCase(RuntimeTestCase):
    """A test with an endpoint and a directory of its own, whose workers run on Java."""

    worker_class = JavaWorker

    def start(self, handler, **options):
        return super(JavaTestCase, self).start('', handler=handler, **options)

    def run_one(self, handler, payload=b'{}', context=None, **options):
        worker = self.start(handler, **options)
        return self.endpoint.invoke(worker.environment['MY_FUNCTION_ARN'], payload, context).wait(), worker


__all__ = ['JavaTestCase', 'unittest']
