# coding: utf-8
"""The small modules that functions and SDKs share with the runtime."""

import os
import subprocess
import sys
import unittest
import warnings

from support import RUNTIME

sys.path.insert(0, RUNTIME)
from greengrass_common import encoding_type, env_vars  # noqa: E402
from greengrass_common.function_arn_fields import FunctionArnFields  # noqa: E402
from greengrass_common.greengrass_message import GreengrassMessage  # noqa: E402
from greengrass_common.parse_version import parse_version  # noqa: E402
from greengrass_ipc_python_sdk.utils import exponential_backoff  # noqa: E402
from greengrass_ipc_python_sdk.utils.exponential_backoff import RetryTimeoutException, retry  # noqa: E402


class ArnTests(unittest.TestCase):

    def test_the_parts_of_an_ARN(self):
        fields = FunctionArnFields('arn:aws:lambda:us-west-2:123456789012:function:My-Fun_1:7')
        self.assertEqual(('us-west-2', '123456789012', 'My-Fun_1', '7'),
                         (fields.region, fields.account_id, fields.name, fields.qualifier))
        self.assertEqual('arn:aws:lambda:us-west-2:123456789012:function:My-Fun_1', fields.unqualified_arn)
        self.assertEqual('arn:aws:lambda:us-west-2:123456789012:function:My-Fun_1:7', fields.to_arn_string())

    def test_what_may_stand_in_them(self):
        self.assertIsNone(FunctionArnFields('arn:aws:lambda:r:aws:function:n').qualifier)
        for arn in ('arn:aws-cn:lambda:cn-north-1:1:function:n:$LATEST', 'arn:aws-us-gov:lambda:us-gov-1:1:function:n:live',
                    u'arn:aws:lambda:r:a:function:n:1'):
            self.assertEqual(arn, FunctionArnFields(arn).to_arn_string())

    def test_what_is_no_ARN(self):
        for text in ('', 'name', 'arn:aws:lambda:::function:GGRouter', 'arn:aws:lambda:r:a:function:n:',
                     'arn:aws:lambda:r:a:function:', 'arn:aws:lambda:r:a:function:n:1:2', 'arn:aws:s3:r:a:function:n',
                     'arn:other:lambda:r:a:function:n', 'arn:aws:lambda:r:a:layer:n', 'arn:aws:lambda:r:a-b:function:n',
                     'arn:aws:lambda:r:a:function:n m', 'arn:aws:lambda:r:a:function:n:1\n', None, 5):
            with self.assertRaises(ValueError) as caught:
                FunctionArnFields(text)
            self.assertEqual('Cannot parse given string as a function ARN.', str(caught.exception))

    def test_ARNs_are_built(self):
        self.assertEqual('arn:x:1', FunctionArnFields.build_function_arn('arn:x', '1'))
        self.assertEqual('arn:x', FunctionArnFields.build_function_arn('arn:x', ''))
        self.assertEqual('arn:x', FunctionArnFields.build_function_arn('arn:x', None))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            self.assertEqual('arn:aws:lambda:r:a:function:n:q', FunctionArnFields.build_arn_string('r', 'a', 'n', 'q'))
        self.assertEqual([DeprecationWarning], [warning.category for warning in caught])


class SmallTests(unittest.TestCase):

    def test_versions(self):
        self.assertEqual((1, 5), parse_version('1.5'))
        self.assertEqual((10, 12), parse_version('10.12'))
        for text in ('', '1', 'a.b', '1.', '.5', '-1.5'):
            self.assertRaises(ValueError, parse_version, text)

    def test_encodings(self):
        self.assertEqual(('json', 'binary'), (encoding_type.JSON, encoding_type.BINARY))

    def test_old_messages_there_and_back(self):
        message = GreengrassMessage(b'\x00\xff', subject='a/b')
        read = GreengrassMessage().decode(message.encode())
        self.assertEqual((b'\x00\xff', {'subject': 'a/b'}), (read.payload, read.extension_map))
        self.assertRaises(ValueError, GreengrassMessage().decode, '[]')

    def test_variables_that_are_unset_are_None(self):
        for name in ('AUTH_TOKEN', 'MY_FUNCTION_ARN', 'SHADOW_FUNCTION_ARN', 'ROUTER_FUNCTION_ARN',
                     'SECRETS_MANAGER_FUNCTION_ARN', 'GG_DAEMON_PORT', 'GGC_MAX_INTERFACE_VERSION', 'ENCODING_TYPE'):
            variable = 'AWS_CONTAINER_AUTHORIZATION_TOKEN' if name == 'AUTH_TOKEN' else name
            self.assertEqual(os.environ.get(variable), getattr(env_vars, name))

    def test_names_that_older_code_imports(self):
        # In a process of its own: importing it gives `logging` the core's handler only through the runtime.
        code = ('from greengrass_common.common_log_appender import local_cloudwatch_handler, LocalwatchLogHandler, '
                'StdioLogWriter, LocalCloudwatchLogHandler\n'
                'from greengrass_common.local_cloudwatch_handler import LocalCloudwatchLogHandler as Old\n'
                'import logging, sys\n'
                'assert isinstance(local_cloudwatch_handler, logging.Handler)\n'
                'logger = logging.getLogger("x"); logger.propagate = False\n'
                'logger.addHandler(Old("GreengrassSystem", "python_runtime")); logger.error("said")\n'
                'StdioLogWriter(logging.INFO, LocalwatchLogHandler()).write("written\\n")\n')
        process = subprocess.Popen([sys.executable, '-c', code], env={'PYTHONPATH': RUNTIME},
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, error = process.communicate()
        self.assertEqual((0, b'<string>:6,said\n', b'<string>:7,written\n'), (process.returncode, error, out))

    def test_a_start_needs_none_of_the_costly_modules(self):
        code = ('import sys; before = set(sys.modules); import lambda_runtime; from greengrass_runtime import logs\n'
                'costly = {"logging", "json", "socket", "ssl", "http", "http.client", "urllib", "urllib2", "httplib", '
                '"traceback", "threading", "random", "subprocess", "tempfile", "inspect", "email"}\n'
                'print(sorted(costly & (set(sys.modules) - before)))')
        out = subprocess.check_output([sys.executable, '-S', '-c', code], env={'PYTHONPATH': RUNTIME})
        self.assertEqual(b'[]', out.strip())


class RetryTests(unittest.TestCase):

    def setUp(self):
        self.now = 100.0
        self.pauses = []
        self.saved = exponential_backoff._now, exponential_backoff.time
        exponential_backoff._now = lambda: self.now
        exponential_backoff.time = self

    def tearDown(self):
        exponential_backoff._now, exponential_backoff.time = self.saved

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    def failing(self, times, **options):
        calls = []

        @retry(**options)
        def trying(value):
            calls.append(value)
            if len(calls) <= times:
                raise ValueError('no {}'.format(len(calls)))
            return value
        return trying

    def test_it_goes_on_until_it_works(self):
        self.assertEqual('v', self.failing(3, enable_jitter=False)('v'))
        self.assertEqual([0.05, 0.1, 0.2], [round(pause, 6) for pause in self.pauses])

    def test_pauses_have_a_longest(self):
        self.assertRaises(RetryTimeoutException, self.failing(99, enable_jitter=False, expiration_duration=60000), 'v')
        self.assertEqual(9, len(self.pauses))
        self.assertEqual(0.5, max(self.pauses))

    def test_time_ends_it_too(self):
        self.assertRaises(RetryTimeoutException, self.failing(99, enable_jitter=False, max_attempts=1000), 'v')
        self.assertLessEqual(sum(self.pauses), 3.0)

    def test_the_time_before_the_first_failure_does_not_count(self):
        @retry(enable_jitter=False)
        def waits():
            self.now += 3600
            if not self.pauses:
                raise ValueError()
            return 'done'
        self.assertEqual('done', waits())

    def test_jitter_shortens_by_half_at_most(self):
        self.failing(3)('v')
        for pause, whole in zip(self.pauses, (0.05, 0.1, 0.2)):
            self.assertTrue(whole / 2 <= pause <= whole, self.pauses)

    def test_what_will_not_pass_is_not_tried_again(self):
        self.assertRaises(ValueError, self.failing(1, retriable=lambda error: False), 'v')
        self.assertEqual([], self.pauses)


if __name__ == '__main__':
    unittest.main()
