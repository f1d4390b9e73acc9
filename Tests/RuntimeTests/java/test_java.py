# coding: utf-8
"""The Java runtime: handlers and their forms, context, errors, logs, the calls that the public SDK makes."""

import json
import time

from java_support import JavaTestCase, tearDownModule, unittest  # noqa: F401 (the runner calls the second)
from support import ARN

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:Other:4'
ROUTER = 'arn:aws:lambda:::function:GGRouter'


def arn(number):
    return ARN[:-1] + str(number)


class HandlerTests(JavaTestCase):

    def answers(self, expected, encoding='json'):
        """Starts a worker for each `(handler, payload, error, what the result has in it)`, all at once."""
        invocations = []
        for number, (handler, payload, error, result) in enumerate(expected):
            name = arn(100 + number)
            self.start('functions.' + handler, arn=name, encoding=encoding)
            invocations.append((handler, self.endpoint.invoke(name, payload), error, result))
        for handler, invocation, error, result in invocations:
            got = invocation.wait(60)
            self.assertEqual(error, got.error, (handler, got))
            if error:
                self.assertIn(result, json.loads(got.payload.decode())['errorMessage'], handler)
            else:
                self.assertEqual(result, got.payload, handler)

    def test_json_forms(self):
        """LAM-01, LAM-08: a Java handler takes (event, Context), (event), (Context) or (), the most parameters first"""
        bean = (b'{"message":"m","count":%s,"celsius":21.5,"on":true,"kind":"WARM","parts":[{"message":"p"}],'
                b'"totals":{"a":5000000000},"numbers":[1,2],"unknown":{}}')
        part = b'{"message":%s,"count":null,"celsius":0.0,"on":false,"kind":null,"parts":null,"totals":null,"numbers":null}'
        full = (b'{"message":"m","count":2,"celsius":21.5,"on":true,"kind":"WARM","parts":[' + part % b'"p"'
                + b'],"totals":{"a":5000000000},"numbers":[1,2]}')
        self.answers([
            ('Forms::any', u'{"a":[1,"ü"]}'.encode('utf-8'), '', u'"LinkedHashMap {a=[1, ü]}"'.encode('utf-8')),
            ('Forms::any', b'', '', b'"LinkedHashMap {}"'), ('Forms::any', b'5000000000', '', b'"Long 5000000000"'),
            ('Forms::any', b'null', '', b'"null null"'),
            ('Forms::text', b'"text"', '', b'"text!"'), ('Forms::number', b'41', '', b'42'),
            ('Forms::bean', bean % b'1', '', full), ('Forms::beans', b'[{"message":"a"}]', '', b'[' + part % b'"a!"' + b']'),
            ('Forms::nothing', b'', '', b'null'), ('Forms::overloaded', b'', '', b'"both"'),
            ('Cloud', b'{"message":"m"}', '', b'"got m"'),
        ])

    def test_binary_forms(self):
        """LAM-08: a binary Java handler has streams; the form with most parameters is taken"""
        self.answers([
            ('Forms::overloaded', b'', '', b'three'), ('Forms::echo', b'\x00\xff\x10', '', b'\xff\x00\xef'),
            ('Forms::silent', b'x', '', b''),
        ], encoding='binary')

    def test_what_does_not_fit_is_a_handled_error(self):
        self.answers([
            ('Forms::text', b'{"a":1}', 'Handled', 'the event is an object and cannot become a java.lang.String'),
            ('Forms::any', b'no JSON', 'Handled', 'not JSON'), ('Forms::any', b'\xff', 'Handled', 'UTF-8'),
            ('Forms::number', b'1e30', 'Handled', 'cannot become a int'),
            ('Forms::bean', b'{"parts":[{"count":"x"}]}', 'Handled', 'the event.parts[0].count is a string'),
            ('Forms::loop', b'', 'Handled', 'contains itself'),
        ])

    def test_context(self):
        """LAM-01: the Context of a Java handler names the function, the invocation and the topic"""
        worker = self.start('functions.Forms::context')
        context = {'custom': {'subject': u'räume/1', 'n': {'a': 1}}, 'env': {'k': 'v'}, 'client': {'app_title': 't'}}
        invocation = self.endpoint.invoke(ARN, b'{}', context)
        self.assertEqual({
            'arn': ARN, 'id': invocation.identifier, 'name': 'Tested', 'version': '3',
            'custom': {'subject': u'räume/1', 'n': '{"a":1}'}, 'env': {'k': 'v'}, 'title': 't', 'identity': None,
            'remaining': 0}, json.loads(invocation.wait(60).payload.decode()))
        bare = json.loads(self.endpoint.invoke(ARN, b'{}').wait().payload.decode())
        self.assertEqual(({}, {}, None), (bare['custom'], bare['env'], bare['title']))
        self.assertIn('said to the context\'s logger', worker.log('INFO'))
        result = self.endpoint.invoke(ARN, b'{}', 'bm90IEpTT04=').wait()
        self.assertEqual('Handled', result.error)
        self.assertIn(b'client context', result.payload)

    def test_what_cannot_be_started_is_said_in_the_log(self):
        """LAM-03: a Java handler that is not there ends its worker with V1's sentence in the log"""
        workers = []
        for handler, message in (
                ('functions.Missing::handle', 'InvalidHandlerException: Handler class was not found: functions.Missing'),
                ('functions.Forms::missing', 'has no public method missing'),
                ('functions.Forms::wrong', 'it has public void functions.Forms.wrong'),
                ('functions.Ends$Broken::handle', 'NumberFormatException: For input string: "no number"'),
                ('functions.Ends$Private::handle', 'has no constructor without parameters')):
            workers.append((self.start(handler, arn=arn(200 + len(workers))), message))
        for worker, message in workers:
            self.assertEqual(1, worker.wait(60), message)
            self.assertIn('Java runtime initialization failed', worker.log('FATAL'))
            self.assertIn(message, worker.log('FATAL'))


class LifeTests(JavaTestCase):

    def test_errors_logs_and_endings(self):
        """LAM-01, LOG-07: a Java worker's exceptions are Handled, with type and stack; its streams are INFO and ERROR"""
        worker = self.start('functions.Ends::handle')

        def end(what):
            return self.endpoint.invoke(ARN, json.dumps({'do': what}).encode()).wait(60)

        for what, message, kind in (
                ('throw', u'thrown: grüße', 'java.lang.IllegalStateException'), ('error', 'an error', 'java.lang.AssertionError'),
                ('overflow', 'java.lang.StackOverflowError', 'java.lang.StackOverflowError'),
                ('cause', 'outside', 'java.lang.Exception')):
            result = end(what)
            body = json.loads(result.payload.decode())
            self.assertEqual(('Handled', message, kind), (result.error, body['errorMessage'], body['errorType']))
            self.assertIn('functions.Ends.handle(Ends.java:', ' '.join(body['stackTrace']))
            self.assertLessEqual(len(body['stackTrace']), 64)
            self.assertNotIn('com.amazonaws', ' '.join(body['stackTrace']))
        self.assertEqual(b'"well"', end('well').payload)
        self.assertEqual(['said on standard output'], worker.lines('INFO'))
        log = worker.log('ERROR')
        self.assertTrue(log.startswith('said on standard error\n'))
        self.assertIn(u'The handler failed: java.lang.IllegalStateException: thrown: grüße\n\tat functions.Ends.handle', log)
        self.assertIn('Caused by: java.lang.RuntimeException: inside', log)
        invocation = self.endpoint.invoke(ARN, b'{"do":"exit"}')
        self.assertEqual(7, worker.wait())
        self.assertIsNone(invocation.result)
        self.assertIn('The process ends while its handler has an invocation.', worker.log('ERROR'))

    def test_sigterm(self):
        idle = self.start('functions.Ends::handle')
        busy = self.start('functions.Ends::handle', arn=OTHER)
        self.endpoint.invoke(ARN, b'{"do":""}').wait(60)
        hanging = self.endpoint.invoke(OTHER, b'{"do":"hang"}')
        end = time.time() + 60
        while not hanging.taken and time.time() < end:
            time.sleep(0.01)
        self.assertEqual([0, 0], [idle.stop(), busy.stop()])

    def test_a_core_that_is_away_for_a_moment_and_one_that_is_gone(self):
        self.endpoint.refusals['GET', '/work'] = [503, None]
        self.endpoint.refusals['POST', '/work'] = [500, 413]
        self.endpoint.chunked = True
        worker = self.start('functions.Ends::handle')
        too_large = self.endpoint.invoke(ARN, b'{"do":""}').wait(60)
        self.assertEqual(('Handled', b'{"errorMessage":"The result of the handler, 6 bytes, is too large."}'),
                         (too_large.error, too_large.payload))
        for _ in range(2):
            self.assertEqual(b'"well"', self.endpoint.invoke(ARN, b'{"do":""}').wait(60).payload)
            self.endpoint.drop_connections()
        self.endpoint.stop()
        self.assertEqual(1, worker.wait())
        self.assertIn('The worker cannot go on', worker.log('FATAL'))


class SDKTests(JavaTestCase):

    def do(self, method, **event):
        result = self.endpoint.invoke(self.arn, json.dumps(event).encode()).wait(60)
        self.assertEqual('', result.error, result.payload)
        return json.loads(result.payload.decode())

    def test_publish(self):
        """SDK-06, SDK-04: the Java classes that the public SDK calls publish bytes to the router"""
        self.arn = ARN
        worker = self.start('functions.Publisher::publish')
        self.assertEqual(36, len(self.do('publish', topic='a/b', payload=u'grüße')))
        published = self.endpoint.publications[-1]
        self.assertEqual(('a/b', u'grüße'.encode('utf-8'), 'Event', ARN), (
            published.topic, published.payload, published.invocation_type, published.custom['source']))
        self.endpoint.refusals['POST', ROUTER] = [429]
        self.assertEqual('failed: HTTP Error 429: Refused', self.do('publish', topic='a', payload=''))
        self.assertEqual('', worker.log('FATAL'))

    def test_invoke(self):
        """LAM-27, SDK-03: they invoke functions and give result, error kind and status"""
        self.arn = ARN
        worker = self.start('functions.Publisher::invoke')
        for error in ('', 'Handled', 'Unhandled'):
            self.endpoint.answers[OTHER] = lambda payload, error=error: (b'<' + payload + b'>', error)
            self.assertEqual([error, 200, '<p>'], self.do('invoke', arn=OTHER, payload='p'))
        self.assertIn('Invoking Other 4', worker.log('DEBUG'))
        self.assertEqual('a warning', worker.lines('WARN')[0])

    def test_the_rest(self):
        """LAM-05, SDK-01: system ARNs are parsed, threads share connections, a pinned class publishes by itself"""
        self.start('functions.Publisher::arns')
        self.start('functions.Publisher::many', arn=OTHER)
        self.start('functions.Ends$Pinned::handle', arn=arn(300))
        self.assertEqual(b'"null 1 refused"', self.endpoint.invoke(ARN).wait(60).payload)
        self.assertEqual(b'40', self.endpoint.invoke(OTHER).wait(60).payload)
        self.assertEqual(b'null', self.endpoint.invoke(arn(300)).wait(60).payload)
        topics = [p.topic for p in self.endpoint.wait_for_publications(45)]
        self.assertEqual((40, 5), (topics.count('many'), topics.count('timer')))

    def test_an_sdk_that_asks_for_more_is_refused(self):
        """SDK-01: a Java SDK that needs a newer interface than the core has ends the worker, with V1's sentence"""
        worker = self.start('functions.Forms::nothing', environment={'GGC_MAX_INTERFACE_VERSION': '1.4'})
        self.assertEqual(1, worker.wait(60))
        self.assertIn('There was a version incompatibility between the Greengrass SDK', worker.log('FATAL'))


if __name__ == '__main__':
    unittest.main()
