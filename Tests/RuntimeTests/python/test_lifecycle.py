# coding: utf-8
"""How a worker starts, refuses to start, and ends."""

import os
import unittest

from support import ARN, PYTHON_2, RuntimeTestCase


class StartTests(RuntimeTestCase):

    def failed(self, code, **options):
        worker = self.start(code, **options)
        code = worker.wait()
        self.assertNotEqual(0, code)
        lines = worker.lines('FATAL')
        self.assertTrue(lines[-1].startswith('lambda_runtime.py:'), lines)
        self.assertIn(',Failed to initialize Lambda runtime due to exception: ', lines[-1])
        self.assertEqual([], [request for request in self.endpoint.requests if request.path.endswith('/work')])
        return lines

    def test_a_module_that_is_missing_is_named_with_what_there_is(self):
        lines = self.failed('', handler='indx.handler')
        self.assertRegex(lines[0], r'^lambda_runtime.py:\d+,Failed to import handler function "indx.handler" due to '
                                   r"exception: No module named '?indx'? \(the function's package has: index.py\)$")
        self.assertEqual(2, len(lines))

    def test_a_function_that_is_missing_is_named(self):
        lines = self.failed('other = 1\n')
        self.assertIn('Failed to import handler function "index.handler" due to exception: '
                      'module index has no function handler', lines[0])

    def test_a_handler_that_is_no_function_is_refused(self):
        self.assertIn('handler of module index is a int, not a function', self.failed('handler = 1\n')[0])

    def test_a_handler_without_a_dot_is_explained(self):
        self.assertIn('"handler" is not a handler. It is written module.function', self.failed('', handler='handler')[0])

    def test_an_exception_while_importing_comes_with_its_traceback(self):
        lines = self.failed('import missing_thing\ndef handler(event, context): pass\n')
        self.assertIn('Failed to import handler function "index.handler" due to exception: No module named', lines[0])
        text = '\n'.join(lines)
        self.assertIn('Traceback (most recent call last):\n  File', text)
        self.assertIn('index.py", line 1, in <module>\n    import missing_thing', text)
        self.assertNotIn('greengrass_runtime', text)

    def test_a_syntax_error_shows_its_line(self):
        text = '\n'.join(self.failed('def handler(event, context)\n    pass\n'))
        self.assertIn('SyntaxError', text)
        self.assertIn('def handler(event, context)', text)

    def test_sys_exit_while_importing_is_a_failed_start(self):
        self.failed('import sys\nsys.exit()\n')
        self.failed('import sys\nsys.exit("no configuration")\n')

    def test_a_thread_that_goes_on_does_not_keep_a_failed_worker_alive(self):
        self.failed('import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nraise ValueError(1)')

    def test_an_encoding_that_is_none_is_refused(self):
        self.assertIn('ENCODING_TYPE is "xml"; expected json or binary',
                      self.failed('def handler(e, c): pass', encoding='xml')[-1])

    def test_a_missing_ARN_is_said(self):
        self.assertIn('MY_FUNCTION_ARN', self.failed('', environment={'MY_FUNCTION_ARN': None})[-1])

    def test_a_handler_in_a_package_of_the_function_is_found(self):
        """LAM-24: handler and modules are found in the package, what the core supplies beside them"""
        result, _ = self.run_one('', handler='app.main.run', files={
            'app/__init__.py': '', 'app/main.py': 'import helper\ndef run(event, context): return helper.VALUE\n',
            'helper.py': 'VALUE = 5\n'})
        self.assertEqual(b'5', result.payload)

    def test_runtime_modules_that_a_function_carries_do_not_replace_ours(self):
        result, worker = self.run_one('''
            import greengrass_common.env_vars
            import greengrass_common.only_in_the_old_one as old
            from greengrass_ipc_python_sdk.ipc_client import IPCClient
            def handler(event, context): return [old.VALUE, greengrass_common.env_vars.MY_FUNCTION_ARN]
            ''', files={
            'greengrass_common/__init__.py': '', 'greengrass_common/env_vars.py': 'raise ImportError("old")\n',
            'greengrass_common/only_in_the_old_one.py': 'VALUE = 1\n',
            'greengrass_ipc_python_sdk/__init__.py': 'raise ImportError("old")\n'})
        self.assertEqual('["{}"'.format(1).replace('"', '') + ', "{}"]'.format(ARN), result.payload.decode())


class InterfaceVersionTests(RuntimeTestCase):

    CODE = 'def handler(event, context): return 1\n'

    def sdk(self, *lines):
        return {'greengrasssdk/__init__.py': '\n'.join(lines) + '\n'}

    def test_an_SDK_that_needs_more_than_the_core_has_is_refused(self):
        for needed in ('1.6', '2.0', '0.9'):
            worker = self.start(self.CODE, files=self.sdk('INTERFACE_VERSION = "{}"'.format(needed)))
            self.assertEqual(1, worker.wait())
            log = worker.log('FATAL')
            self.assertIn('There was a version incompatibility between the Greengrass SDK used by your function '
                          '[{}] and the Greengrass Core'.format(ARN), log)
            self.assertIn(needed, log)

    def test_an_SDK_that_needs_as_much_or_less_runs_without_being_imported(self):
        for lines in (["INTERFACE_VERSION = '1.5'  # newest", 'raise ImportError()'], ['INTERFACE_VERSION = "1.0"'],
                      ['# INTERFACE_VERSION is not declared']):
            result, worker = self.run_one(self.CODE, files=self.sdk(*lines))
            self.assertEqual(b'1', result.payload)
            worker.stop()

    def test_the_maximum_is_the_cores(self):
        worker = self.start(self.CODE, files=self.sdk('INTERFACE_VERSION = "1.3"'),
                            environment={'GGC_MAX_INTERFACE_VERSION': '1.2'})
        self.assertEqual(1, worker.wait())


class EndTests(RuntimeTestCase):

    def test_SIGTERM_ends_a_waiting_worker_with_code_0(self):
        worker = self.start('def handler(event, context): return 1')
        self.endpoint.invoke(ARN, b'{}').wait()
        self.assertEqual(0, worker.stop())
        self.assertEqual('', worker.log('ERROR') + worker.log('FATAL'))

    def test_SIGTERM_ends_a_worker_in_its_handler_and_in_its_threads(self):
        worker = self.start('''
            import atexit, threading, time
            atexit.register(lambda: open('cleaned', 'w').close())
            def again():
                time.sleep(0.01)
                threading.Timer(60, again).start()
            def handler(event, context):
                again()
                try:
                    print('working')
                    while True: time.sleep(0.01)
                except Exception:
                    pass
            ''')
        self.endpoint.invoke(ARN, b'{}')
        while 'working' not in worker.log('INFO'):
            pass
        self.assertEqual(0, worker.stop())
        self.assertTrue(os.path.exists(os.path.join(worker.directory, 'cleaned')))

    def test_a_pinned_function_that_never_returns_from_its_import_runs_and_stops(self):
        """LAM-05: a pinned function whose import is its whole program runs and stops"""
        worker = self.start('''
            import time
            print('running')
            while True: time.sleep(0.01)
            ''')
        while 'running' not in worker.log('INFO'):
            pass
        self.assertEqual(0, worker.stop())

    def test_clean_up_that_hangs_does_not_keep_a_worker_alive(self):
        worker = self.start('''
            import atexit, time
            atexit.register(time.sleep, 60)
            def handler(event, context): return 1
            ''')
        self.endpoint.invoke(ARN, b'{}').wait()
        self.assertEqual(0, worker.stop())

    def test_a_child_process_dies_of_SIGTERM_as_usual(self):
        result, worker = self.run_one('''
            import atexit, os, signal, time
            atexit.register(lambda: open('cleaned-' + str(os.getpid()), 'w').close())
            def handler(event, context):
                ready, tell = os.pipe()
                child = os.fork()
                if child == 0:
                    os.write(tell, b'.')
                    # A signal between Python's last look and the system call does not end a sleep: many short ones.
                    while True: time.sleep(0.05)
                os.read(ready, 1)
                os.kill(child, signal.SIGTERM)
                status = os.waitpid(child, 0)[1]
                return [status, os.path.exists('cleaned-' + str(child))]
            ''')
        self.assertEqual(b'[15, false]', result.payload)

    def test_globals_live_as_long_as_the_worker(self):
        """LAM-05: globals live as long as the worker"""
        self.start('''
            calls = []
            def handler(event, context):
                calls.append(event)
                return len(calls)
            ''')
        self.assertEqual([b'1', b'2', b'3'], [self.endpoint.invoke(ARN, b'0').wait().payload for _ in range(3)])

    def test_variables_of_the_function_are_there(self):
        """LAM-09: the variables of the environment are there"""
        result, _ = self.run_one('import os\ndef handler(e, c): return os.environ["MINE"]', environment={'MINE': 'x'})
        self.assertEqual(b'"x"', result.payload)


if not hasattr(unittest.TestCase, 'assertRegex'):
    unittest.TestCase.assertRegex = unittest.TestCase.assertRegexpMatches

if __name__ == '__main__':
    unittest.main()
