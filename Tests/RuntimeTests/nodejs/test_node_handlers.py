# coding: utf-8
"""What goes into a Node.js handler and what comes out of it."""

import json
import unittest

from node_support import NodeTestCase
from support import ARN


class HandlerTestCase(NodeTestCase):
    """One worker for many events; `handlers` are tried by name."""

    def result(self, code, payload=b'{}', context=None, **options):
        result, self.worker = self.run_one(code, payload, context, **options)
        return result

    def answers(self, code, expected, **options):
        """Starts one worker and compares `{event: (error, result)}`."""
        worker = self.start(code, **options)
        for event, (error, value) in expected.items():
            result = self.endpoint.invoke(ARN, json.dumps(event).encode()).wait()
            self.assertEqual((error, value), (result.error, json.loads(result.payload.decode())), event)
        return worker


class WaysOutTests(HandlerTestCase):

    def test_results(self):
        """LAM-01: a Node.js handler ends by callback, promise, async, context.succeed, context.done or having no more to do"""
        self.answers('''
            const ways = {
                callback: (context, callback) => callback(null, { way: 'callback' }),
                later: (context, callback) => { setTimeout(() => callback(null, 'later'), 5); },
                undefinedError: (context, callback) => callback(undefined, 1),
                nothing: (context, callback) => callback(),
                promise: () => new Promise(resolve => setTimeout(resolve, 5, 'promised')),
                thenable: () => ({ then: resolve => resolve('thenable') }),
                succeed: context => context.succeed('succeeded'),
                done: context => context.done(null, 'done'),
                drain: () => { setTimeout(() => {}, 5); },
                returned: () => 'a value that nobody asked for',
                first: (context, callback) => { callback(null, 1); callback(null, 2); callback(new Error('3')); },
                falsy: (context, callback) => callback(null, 0),
            };
            exports.handler = (event, context, callback) => ways[event](context, callback);
            ''', {
                'callback': ('', {'way': 'callback'}), 'later': ('', 'later'), 'undefinedError': ('', 1),
                'nothing': ('', None), 'promise': ('', 'promised'), 'thenable': ('', 'thenable'),
                'succeed': ('', 'succeeded'), 'done': ('', 'done'), 'drain': ('', None), 'returned': ('', None),
                'first': ('', 1), 'falsy': ('', 0)})

    def test_async_functions(self):
        self.answers('''
            const pause = () => new Promise(resolve => setTimeout(resolve, 5));
            exports.handler = async (event) => {
                await pause();
                if (event === 'throw') throw new RangeError('too far');
                return event === 'value' ? { n: 1 } : undefined;
            };
            ''', {'value': ('', {'n': 1}), 'nothing': ('', None)})
        result = self.endpoint.invoke(ARN, b'"throw"').wait()
        body = json.loads(result.payload.decode())
        self.assertEqual(('Handled', 'too far', 'RangeError'),
                         (result.error, body['errorMessage'], body['errorType']))
        self.assertIn('index.js', body['stackTrace'][0])

    def test_an_async_function_that_takes_a_callback_may_call_it_later(self):
        """LAM-01: as on nodejs8.10 of V1, an async handler's callback counts although its promise is fulfilled before"""
        self.answers('''
            exports.handler = async (event, context, callback) => {
                if (event === 'return') return 'returned';
                if (event !== 'neither') setTimeout(() => callback(null, 'called'), 5);
            };
            ''', {'call': ('', 'called'), 'return': ('', 'returned'), 'neither': ('', None)})

    def test_errors(self):
        """LAM-01: errors of a Node.js handler are Handled, with message, type and stack"""
        worker = self.start('''
            const ways = {
                throw: () => { throw new TypeError('thrown'); },
                callback: (context, callback) => callback(new Error('called back')),
                code: (context, callback) => callback(Object.assign(new Error('coded'), { code: 'E_CODE' })),
                text: (context, callback) => callback('only text'),
                object: (context, callback) => callback({ reason: 'an object' }),
                fail: context => context.fail(new Error('failed')),
                failNothing: context => context.fail(),
                done: context => context.done(new Error('done with')),
                reject: () => Promise.reject(new Error('rejected')),
                rejectNothing: () => Promise.reject(),
                throwNothing: () => { throw undefined; },
                circular: (context, callback) => { const o = {}; o.o = o; callback(null, o); },
                func: (context, callback) => callback(null, () => 1),
            };
            exports.handler = (event, context, callback) => ways[event](context, callback);
            ''')
        for event, message in (
                ('throw', 'Failed to invoke handler: thrown'), ('callback', 'called back'), ('code', 'coded'),
                ('text', 'only text'), ('object', '{"reason":"an object"}'), ('fail', 'failed'), ('failNothing', 'failed'),
                ('done', 'done with'), ('reject', 'rejected'), ('rejectNothing', 'rejected with undefined'),
                ('throwNothing', 'Failed to invoke handler: undefined'), ('circular', 'circular'), ('func', 'function')):
            result = self.endpoint.invoke(ARN, json.dumps(event).encode()).wait()
            self.assertEqual('Handled', result.error, event)
            body = json.loads(result.payload.decode())
            self.assertIn(message, body['errorMessage'], event)
            if event == 'code':
                self.assertEqual('E_CODE', body['errorType'])
            if event == 'throw':
                self.assertEqual('TypeError', body['errorType'])
                self.assertIn('index.js:3', body['stackTrace'][0])
                self.assertNotIn('worker.js', ' '.join(body['stackTrace']))
        log = worker.log('ERROR')
        self.assertIn('The handler failed: TypeError: thrown\n    at ', log)
        self.assertNotIn('worker.js', log)
        self.assertEqual('', worker.log('FATAL'))


class EncodingTests(HandlerTestCase):

    def test_json(self):
        """LAM-08: encoding json gives a Node.js handler values and takes values from it"""
        result = self.result('exports.handler = (e, c, cb) => cb(null, { twice: e.n * 2, text: e.text });',
                             u'{"n":2.5,"text":"grüße 😀"}'.encode('utf-8'))
        self.assertEqual({'twice': 5, 'text': u'grüße 😀'}, json.loads(result.payload.decode()))

    def test_an_empty_payload_is_an_empty_object(self):
        self.assertEqual(b'[{}]', self.result('exports.handler = (e, c, cb) => cb(null, [e]);', b'').payload)

    def test_a_payload_that_is_not_json_is_a_handled_error(self):
        result = self.result('exports.handler = () => process.exit(9);', b'\xff\x00 not JSON')
        self.assertEqual('Handled', result.error)
        self.assertIn('not JSON', json.loads(result.payload.decode())['errorMessage'])

    def test_binary(self):
        """LAM-08: encoding binary gives a Node.js handler a Buffer and takes buffers, typed arrays and text from it"""
        payload = bytes(bytearray(range(256))) * 400
        self.start('''
            exports.handler = (event, context, callback) => {
                if (!Buffer.isBuffer(event)) throw new Error('no Buffer');
                const results = {
                    text: 'grün', array: new Uint8Array([1, 2]), nothing: undefined, object: { a: 1 }, func: () => 1,
                };
                const name = event.toString();
                callback(null, name in results ? results[name] : Buffer.from(event).reverse());
            };
            ''', encoding='binary')
        self.assertEqual(payload[::-1], self.endpoint.invoke(ARN, payload).wait().payload)
        for event, expected in ((b'text', u'grün'.encode('utf-8')), (b'array', b'\x01\x02'), (b'nothing', b''),
                                (b'object', b'{"a":1}')):
            result = self.endpoint.invoke(ARN, event).wait()
            self.assertEqual(('', expected), (result.error, result.payload))
        result = self.endpoint.invoke(ARN, b'func').wait()
        self.assertEqual('Handled', result.error)
        self.assertIn('A function cannot be the result', json.loads(result.payload.decode())['errorMessage'])

    def test_a_payload_of_a_megabyte_passes_both_ways(self):
        payload = json.dumps('x' * 1000000).encode()
        self.endpoint.chunked = True
        self.assertEqual(payload, self.result('exports.handler = (e, c, cb) => cb(null, e);', payload).payload)


class ContextTests(HandlerTestCase):

    SHOW = 'exports.handler = (event, context, callback) => callback(null, [context, context.clientContext.custom]);'

    def test_keys(self):
        """LAM-01: the context of a Node.js handler has V1's keys, the topic in clientContext.Custom.subject"""
        self.start(self.SHOW)
        invocation = self.endpoint.invoke(ARN, b'{}', {'custom': {'subject': u'räume/1'}, 'env': {'a': 'b'}})
        shown, custom = json.loads(invocation.wait().payload.decode())
        self.assertEqual({
            'invokedFunctionArn': ARN, 'awsRequestId': invocation.identifier, 'functionName': 'Tested',
            'functionVersion': '3',
            'clientContext': {'client': {}, 'Custom': {'subject': u'räume/1'}, 'env': {'a': 'b'}}}, shown)
        self.assertEqual({'subject': u'räume/1'}, custom)
        shown, _ = json.loads(self.endpoint.invoke(ARN, b'{}').wait().payload.decode())
        self.assertEqual({'client': {}, 'Custom': {}, 'env': {}}, shown['clientContext'])

    def test_a_client_context_that_is_none_is_a_handled_error(self):
        self.start(self.SHOW)
        for header in ('bm90IEpTT04=', 'MQ==', '===='):
            result = self.endpoint.invoke(ARN, b'{}', header).wait()
            self.assertEqual('Handled', result.error)
            self.assertIn('client context', json.loads(result.payload.decode())['errorMessage'])


class LoadingTests(HandlerTestCase):

    def test_where_modules_are_found(self):
        """LAM-24: a Node.js handler is found in folders, nested objects, ES modules; not in a core module of its name"""
        handler = 'exports.handler = (e, c, cb) => cb(null, "found");'
        module = 'export const handler = async () => "found"; export default { other: async () => "found" };'
        for name, files in (
                ('src/app.handler', {'src/app.js': handler}), ('a.b.handler', {'a.b.js': handler}),
                ('http.handler', {'http.js': handler}), ('lib.handler', {'lib/index.js': handler}),
                ('app.api.handler', {'app.js': handler.replace('exports.handler', 'exports.api = {}; exports.api.handler')}),
                ('vendored.handler', {'node_modules/vendored/index.js': handler}),
                ('app.handler', {'app.mjs': module}), ('app.other', {'app.mjs': module}),
                ('app.handler', {'app.js': module, 'package.json': '{"type":"module"}'})):
            worker = self.start('', handler=name, files=files)
            result = self.endpoint.invoke(ARN, b'{}').wait()
            self.assertEqual(('', b'"found"'), (result.error, result.payload), name)
            self.assertEqual(0, worker.stop())

    def test_what_cannot_be_loaded_is_said_in_the_log(self):
        """LAM-03: a Node.js handler that is not there ends its worker with a sentence in the log"""
        for name, code, message in (
                ('missing.handler', '', 'there is no module missing (the function\'s package has: index.js)'),
                ('index.other', 'exports.handler = () => 1;', 'module index has no function other (it exports: handler)'),
                ('index', '', 'It is written module.function'),
                ('index.handler', 'throw new Error("at the start");', 'Error: at the start\n    at '),
                ('index.handler', 'require("no-such-module");', 'no-such-module'),
                ('index.handler', 'this is no JavaScript', 'SyntaxError')):
            worker = self.start(code, handler=name)
            self.assertEqual(1, worker.wait(), name)
            log = worker.log('FATAL')
            self.assertIn('Failed to import handler function "{}" due to exception: '.format(name), log)
            self.assertIn(message, log)
            self.assertIn('Failed to initialize Lambda runtime due to exception: ', log)

    def test_a_module_that_never_finishes_loading(self):
        code = 'await new Promise(() => {}); export const handler = async () => 1;'
        worker = self.start('', handler='app.handler', files={'app.mjs': code})
        self.assertEqual(1, worker.wait())
        self.assertIn('waits for something that never comes', worker.log('FATAL'))

    def test_an_sdk_that_asks_for_more_is_refused(self):
        """SDK-01: an SDK that needs a newer interface than the core has ends the worker, with V1's sentence"""
        sdk = {'node_modules/aws-greengrass-core-sdk/index.js': "exports.GreengrassInterfaceVersion = '1.6';"}
        worker = self.start('', files=sdk)
        self.assertEqual(1, worker.wait())
        self.assertIn('There was a version incompatibility between the Greengrass SDK used by your function', worker.log('FATAL'))
        sdk = {'node_modules/aws-greengrass-core-sdk/index.js': 'exports.nothing = 1;'}
        self.assertEqual('', self.result('exports.handler = (e, c, cb) => cb();', files=sdk).error)

    def test_missing_environment_is_said(self):
        for name in ('MY_FUNCTION_ARN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'):
            worker = self.start('', environment={name: None})
            self.assertEqual(1, worker.wait())
            self.assertIn(name + ' is not set', worker.log('FATAL'))
        worker = self.start('', encoding='xml')
        self.assertEqual(1, worker.wait())
        self.assertIn('expected json or binary', worker.log('FATAL'))


if __name__ == '__main__':
    unittest.main()
