"""Starts real workers of a Node.js, against the endpoint of the Python runtime's tests."""

import os
import shutil
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(_HERE, '..', '..', '..'))
sys.path.insert(0, os.path.join(_HERE, '..', 'python'))

from support import RuntimeTestCase, Worker  # noqa: E402

RUNTIME = os.path.join(TOP, 'Sources', 'Runtimes', 'nodejs')
NODE = os.environ.get('PERENNIAL_TEST_NODE') or shutil.which('node') or shutil.which('nodejs')
SDK = os.path.join(_HERE, 'sdk')


class NodeWorker(Worker):
    """A worker of a function in `index.js`; it finds the stand-in for the public SDK as one it brought along."""

    main_file = 'index.js'

    def command(self, handler):
        assert NODE, 'there is no node on the PATH: run scripts/setup'
        self.environment.setdefault('NODE_PATH', ':'.join(['.', os.path.join(RUNTIME, 'node_modules'), SDK]))
        return [NODE, os.path.join(RUNTIME, 'lambda_nodejs_runtime.js'), '--handler=' + handler]


class NodeTestCase(RuntimeTestCase):
    """A test with an endpoint and a directory of its own, whose workers run on Node.js."""

    worker_class = NodeWorker
