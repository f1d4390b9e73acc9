"""Starts real workers of the interpreter the tests run on, against the tests' endpoint."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest

from endpoint import TOKEN, Endpoint

RUNTIME = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..', 'Sources', 'Runtimes', 'python'))
ARN = 'arn:aws:lambda:us-west-2:123456789012:function:Tested:3'
PYTHON_2 = sys.version_info[0] == 2
# The descriptors a core gives a worker: INFO and ERROR are standard output and standard error.
LEVELS = {'INFO': 1, 'ERROR': 2, 'DEBUG': 3, 'WARN': 4, 'FATAL': 5, 'TRACE': 6}


class Worker(object):
    """A running worker process, with a log file for each level. Other runtimes' tests change the first two members."""

    main_file = 'index.py'

    def command(self, handler):
        return [sys.executable, '-u', os.path.join(RUNTIME, 'lambda_runtime.py'), '--handler=' + handler]

    def __init__(self, case, code, handler='index.handler', encoding='json', environment=None, levels=LEVELS,
                 files=None, arn=ARN, search_path=None):
        self.directory = tempfile.mkdtemp(dir=case.directory)
        for name, content in dict(files or {}, **{self.main_file: code}).items():
            path = os.path.join(self.directory, name)
            if not os.path.isdir(os.path.dirname(path)):
                os.makedirs(os.path.dirname(path))
            with open(path, 'wb') as file:
                if PYTHON_2 or not isinstance(content, bytes):
                    content = textwrap.dedent(content)
                file.write(content.encode('utf-8') if isinstance(content, type(u'')) else content)
        self._logs = {level: os.path.join(case.directory, os.path.basename(self.directory) + '.' + level)
                      for level in LEVELS}
        self.environment = dict(
            PATH=os.environ['PATH'], LANG='C.UTF-8', HOME=self.directory, MY_FUNCTION_ARN=arn, ENCODING_TYPE=encoding,
            AWS_CONTAINER_AUTHORIZATION_TOKEN=TOKEN, GG_DAEMON_PORT=str(case.endpoint.port),
            ROUTER_FUNCTION_ARN='arn:aws:lambda:::function:GGRouter',
            SHADOW_FUNCTION_ARN='arn:aws:lambda:::function:GGShadowService',
            SECRETS_MANAGER_FUNCTION_ARN='arn:aws:lambda:::function:GGSecretManager:1',
            GGC_MAX_INTERFACE_VERSION='1.5')
        if search_path:
            self.environment['PYTHONPATH'] = search_path
        self.environment.update({'_GG_LOG_FD_' + level: str(number) for level, number in levels.items()})
        for name, value in (environment or {}).items():
            if value is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = value
        self._start(handler)

    def _start(self, handler):
        opened = []
        for level in LEVELS:
            plain = os.open(self._logs[level], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            high = fcntl.fcntl(plain, fcntl.F_DUPFD, 40)
            os.close(plain)
            opened.append((high, LEVELS[level]))

        def place():
            for high, number in opened:
                os.dup2(high, number)
                os.close(high)

        with open(os.devnull) as nothing:
            self.process = subprocess.Popen(
                self.command(handler), cwd=self.directory, env=self.environment, stdin=nothing, close_fds=False,
                preexec_fn=place)
        for high, _ in opened:
            os.close(high)

    def log(self, level):
        """Everything logged at `level` so far, as text."""
        with open(self._logs[level], 'rb') as file:
            return file.read().decode('utf-8', 'replace')  # Python 2's SDKs log binary payloads as they are

    def lines(self, level):
        return self.log(level).splitlines()

    def wait(self, seconds=10):
        """The exit code of a worker that ends by itself."""
        import time
        end = time.time() + seconds
        while self.process.poll() is None:
            if time.time() > end:
                self.process.kill()
                self.process.wait()
                raise AssertionError('the worker is still running after {} s'.format(seconds))
            time.sleep(0.002)
        return self.process.returncode

    def stop(self):
        """Ends the worker as a core does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()


class RuntimeTestCase(unittest.TestCase):
    """A test with an endpoint and a directory of its own."""

    use_socket = False
    worker_class = Worker

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='runtime-test-')
        self.socket_path = os.path.join(self.directory, 'ipc.sock') if self.use_socket else None
        self.endpoint = Endpoint(self.socket_path)
        self.workers = []

    def tearDown(self):
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()
        self.endpoint.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, code, **options):
        worker = self.worker_class(self, code, **options)
        self.workers.append(worker)
        return worker

    def run_one(self, code, payload=b'{}', context=None, **options):
        """Starts a worker, gives it one work item, and returns (result, worker)."""
        worker = self.start(code, **options)
        return self.endpoint.invoke(options.get('arn', ARN), payload, context).wait(), worker
