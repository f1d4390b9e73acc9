# coding: utf-8
"""What goes into a handler and what comes out of it."""

import json
import unittest

from support import ARN, PYTHON_2, RuntimeTestCase


class EncodingTests(RuntimeTestCase):

    def result(self, code, payload=b'{}', context=None, **options):
        result, self.worker = self.run_one(code, payload, context, **options)
        return result

    def test_json_goes_in_and_out_as_values(self):
        """LAM-08: encoding json gives the handler values and takes values from it"""
        result = self.result('''
            def handler(event, context):
                return {'doubled': [2 * n for n in event['numbers']], 'text': event['text']}
            ''', u'{"numbers":[1,2.5],"text":"grüße 😀"}'.encode('utf-8'))
        self.assertEqual('', result.error)
        self.assertEqual({'doubled': [2, 5.0], 'text': u'grüße 😀'}, json.loads(result.payload.decode()))

    def test_an_empty_payload_is_an_empty_object(self):
        """LAM-08: no payload is an empty object"""
        result = self.result('def handler(event, context): return [event]', b'')
        self.assertEqual(b'[{}]', result.payload)

    def test_a_handler_that_returns_nothing_answers_null(self):
        self.assertEqual(b'null', self.result('def handler(event, context): pass').payload)

    def test_a_payload_that_is_not_json_is_a_handled_error(self):
        """LAM-08: a payload that is not JSON is a handled error of a json function"""
        result = self.result('def handler(event, context): raise SystemExit(9)', b'\xff\x00 not JSON')
        self.assertEqual('Handled', result.error)
        self.assertIn('not JSON', json.loads(result.payload.decode())['errorMessage'])
        self.assertIn('"json"', self.worker.log('ERROR'))

    def test_a_result_that_json_cannot_say_is_a_handled_error(self):
        """LAM-28: a result that JSON has no form for is a handled error, in words about what the handler returned"""
        result = self.result('def handler(event, context): return set([1, 2])')
        said = 'The handler returned a set, which cannot be JSON; return a dict, list, string, number or None.'
        self.assertEqual('Handled', result.error)
        self.assertEqual({'errorMessage': said, 'errorType': 'TypeError'}, json.loads(result.payload.decode()))
        self.assertIn(said, self.worker.log('ERROR'))
        self.assertNotIn('Traceback', self.worker.log('ERROR'))

    def test_something_inside_a_result_that_json_cannot_say_is_a_handled_error(self):
        result = self.result('def handler(event, context): return {"a": object()}')
        self.assertEqual('Handled', result.error)
        message = json.loads(result.payload.decode())['errorMessage']
        self.assertIn('returned a dict with something in it that cannot be JSON', message)
        self.assertIn('JSON serializable', message)

    def test_binary_goes_in_and_out_untouched(self):
        """LAM-08: encoding binary gives the handler bytes and takes bytes from it"""
        payload = bytes(bytearray(range(256))) * 400
        result = self.result('''
            def handler(event, context):
                assert type(event) is bytes
                return event[::-1]
            ''', payload, encoding='binary')
        self.assertEqual('', result.error)
        self.assertEqual(payload[::-1], result.payload)

    def test_binary_results_may_be_text_a_buffer_or_nothing(self):
        """LAM-08: a binary function may return text, buffers or nothing"""
        code = u'''
            # coding: utf-8
            RESULTS = {b'text': u'grün', b'bytearray': bytearray(b'ab'), b'view': memoryview(b'cd'), b'none': None}
            def handler(event, context):
                return RESULTS[event]
            '''.replace(u'\n            ', u'\n').lstrip()
        self.start(code, encoding='binary')
        for event, expected in ((b'text', u'grün'.encode('utf-8')), (b'bytearray', b'ab'), (b'view', b'cd'),
                                (b'none', b'')):
            result = self.endpoint.invoke(ARN, event).wait()
            self.assertEqual(('', expected), (result.error, result.payload))

    def test_a_binary_result_of_another_kind_is_a_handled_error(self):
        result = self.result('def handler(event, context): return {}', encoding='binary')
        self.assertEqual('Handled', result.error)
        self.assertIn('dict', json.loads(result.payload.decode())['errorMessage'])

    def test_json_given_to_a_binary_function_arrives_as_bytes(self):
        """LAM-08: JSON given to a binary function arrives as bytes"""
        self.assertEqual(b'{"a":1}', self.result('def handler(e, c): return e', b'{"a":1}', encoding='binary').payload)

    def test_a_payload_of_a_megabyte_passes_both_ways(self):
        payload = json.dumps('x' * 1000000).encode()
        self.assertEqual(payload, self.result('def handler(event, context): return event', payload).payload)


class ErrorTests(RuntimeTestCase):

    def test_an_exception_is_a_handled_error_and_the_worker_goes_on(self):
        worker = self.start('''
            calls = 0
            def handler(event, context):
                global calls
                calls += 1
                if event == 'fail':
                    raise KeyError('a key')
                return calls
            ''')
        failed = self.endpoint.invoke(ARN, b'"fail"').wait()
        self.assertEqual('Handled', failed.error)
        body = json.loads(failed.payload.decode())
        self.assertEqual(("'a key'", 'KeyError'), (body['errorMessage'], body['errorType']))
        self.assertIn('index.py', body['stackTrace'][0])
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'1').wait().payload)
        log = worker.log('ERROR')
        self.assertTrue(log.startswith('index.py:7,The handler failed: \'a key\'\nTraceback'), log)
        self.assertIn("KeyError: 'a key'", log)
        self.assertNotIn('greengrass_runtime', log)

    def test_a_result_that_is_too_large_is_a_handled_error(self):
        self.endpoint.refusals['POST', '/work'] = [413]
        result, worker = self.run_one('def handler(event, context): return "result"')
        self.assertEqual(('Handled', 'The result of the handler, 8 bytes, is too large.'),
                         (result.error, json.loads(result.payload.decode())['errorMessage']))
        self.assertEqual('', self.endpoint.invoke(ARN, b'{}').wait().error)
        self.assertEqual('', worker.log('WARN'))

    def test_messages_in_any_language_arrive(self):
        code = u'''
            # coding: utf-8
            def handler(event, context):
                raise ValueError(u'kein Gerät 😀')
            '''.replace(u'\n            ', u'\n').lstrip()
        result, worker = self.run_one(code)
        self.assertEqual(u'kein Gerät 😀', json.loads(result.payload.decode())['errorMessage'])
        self.assertIn(u'kein Ger', worker.log('ERROR'))

    def test_an_exception_that_cannot_be_shown_is_an_error_still(self):
        result, _ = self.run_one('''
            class Odd(Exception):
                def __str__(self):
                    raise RuntimeError('no')
            def handler(event, context):
                raise Odd()
            ''')
        self.assertEqual(('Handled', 'Odd'), (result.error, json.loads(result.payload.decode())['errorType']))

    def test_sys_exit_in_a_handler_ends_the_worker(self):
        worker = self.start('''
            import sys, threading, time
            def handler(event, context):
                threading.Thread(target=time.sleep, args=(60,)).start()
                sys.exit(7)
            ''')
        invocation = self.endpoint.invoke(ARN, b'{}')
        self.assertEqual(7, worker.wait())
        self.assertTrue(invocation.taken)
        self.assertIsNone(invocation.result)
        self.assertIn('exit code 7', worker.log('ERROR'))

    def test_os_exit_in_a_handler_ends_the_worker(self):
        worker = self.start('''
            import os
            def handler(event, context): os._exit(3)
            ''')
        self.endpoint.invoke(ARN, b'{}')
        self.assertEqual(3, worker.wait())

    def test_a_child_that_a_handler_forks_does_not_answer_for_it(self):
        worker = self.start('''
            import os
            def handler(event, context):
                child = os.fork()
                if child == 0:
                    return 'child'
                return os.waitpid(child, 0)[1]
            ''')
        self.assertEqual(b'0', self.endpoint.invoke(ARN, b'{}').wait().payload)
        self.assertEqual(b'0', self.endpoint.invoke(ARN, b'{}').wait().payload)
        self.assertEqual(0, worker.stop())


class ContextTests(RuntimeTestCase):

    SHOW = '''
        def handler(event, context):
            shown = dict((name, getattr(context, name)) for name in (
                'invoked_function_arn', 'function_name', 'function_version', 'aws_request_id', 'identity'))
            client_context = context.client_context
            if client_context is not None:
                assert type(client_context.custom) is dict
                shown['custom'] = client_context.custom
                shown['env'] = client_context.env
                shown['client'] = client_context.client and vars(client_context.client)
            return shown
        '''

    def shown(self, context):
        self.start(self.SHOW)
        invocation = self.endpoint.invoke(ARN, b'{}', context)
        result = invocation.wait()
        self.assertEqual('', result.error, result.payload)
        shown = json.loads(result.payload.decode())
        self.assertEqual(invocation.identifier, shown['aws_request_id'])
        return shown

    def test_the_function_and_its_invocation_are_named(self):
        shown = self.shown(None)
        self.assertEqual(ARN, shown['invoked_function_arn'])
        self.assertEqual(('Tested', '3'), (shown['function_name'], shown['function_version']))
        self.assertIsNone(shown['identity'])
        self.assertNotIn('custom', shown)

    def test_the_topic_of_a_message_is_in_custom(self):
        """MSG-08: the topic of a message is in context.client_context.custom['subject']"""
        shown = self.shown({'custom': {'subject': u'räume/1/temp'}})
        self.assertEqual({'subject': u'räume/1/temp'}, shown['custom'])
        self.assertIsNone(shown['client'])

    def test_client_and_env_come_through(self):
        shown = self.shown({'client': {'app_title': 'title', 'other': 1}, 'env': {'locale': 'de'}})
        self.assertEqual('title', shown['client']['app_title'])
        self.assertIsNone(shown['client']['installation_id'])
        self.assertEqual({'locale': 'de'}, shown['env'])
        self.assertEqual({}, shown['custom'])

    def test_a_client_context_that_is_none_is_a_handled_error(self):
        self.start(self.SHOW)
        for header in ('bm90IEpTT04=', 'MQ==', '====', 'A'):
            result = self.endpoint.invoke(ARN, b'{}', header).wait()
            self.assertEqual('Handled', result.error)
            self.assertIn('client context', json.loads(result.payload.decode())['errorMessage'])
        self.assertEqual('', self.endpoint.invoke(ARN, b'{}').wait().error)


if __name__ == '__main__':
    unittest.main()
