"""The life of a Node.js worker: logs, endings, the protocol's faults."""

import json
import unittest

from node_support import NodeTestCase
from support import ARN

ECHO = 'exports.handler = (event, context, callback) => callback(null, event);'
OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:Other:4'
ROUTER = 'arn:aws:lambda:::function:GGRouter'


class LogTests(NodeTestCase):

    def test_console_and_streams(self):
        """LOG-07: console.log and console.info are INFO, debug DEBUG, warn WARN, error and standard error ERROR"""
        result, worker = self.run_one('''
            console.log('log %d %j', 1, { a: 1 }, 'more');
            console.info('info');
            console.debug('debug');
            console.warn('warn');
            console.error('error', new Error('shown').message);
            console.group('group');
            console.log('inside');
            console.warn('warned inside');
            console.groupEnd();
            process.stdout.write('written ');
            process.stdout.write(Buffer.from('in pieces\\n'));
            process.stderr.write('to standard error\\n');
            exports.handler = (event, context, callback) => { console.log('called'); callback(); };
            ''')
        self.assertEqual('', result.error)
        self.assertEqual(['log 1 {"a":1} more', 'info', 'group', '  inside', 'written in pieces', 'called'],
                         worker.lines('INFO'))
        self.assertEqual(['warn', '  warned inside'], worker.lines('WARN'))
        self.assertEqual(['error shown', 'to standard error'], worker.lines('ERROR'))
        self.assertEqual('debug', worker.lines('DEBUG')[0])
        self.assertIn('START RequestId: ', worker.log('DEBUG'))

    def test_nothing_is_lost_at_the_end(self):
        worker = self.start('for (let n = 0; n < 5000; n += 1) console.log("line " + n); process.exit(3);')
        self.assertEqual(3, worker.wait())
        self.assertEqual('line 4999', worker.lines('INFO')[-1])
        self.assertEqual(5000, len(worker.lines('INFO')))

    def test_the_level_of_the_log(self):
        """LOG-07: below LOG_LEVEL a Node.js worker writes nothing"""
        _, worker = self.run_one('console.log("info"); console.warn("warn");' + ECHO, environment={'LOG_LEVEL': 'WARN'})
        self.assertEqual(['', '', ['warn']], [worker.log('DEBUG'), worker.log('INFO'), worker.lines('WARN')])


class EndingTests(NodeTestCase):

    def test_sigterm(self):
        worker = self.start('setInterval(() => {}, 1000);' + ECHO)
        self.endpoint.invoke(ARN, b'1').wait()
        self.assertEqual(0, worker.stop())

    def test_an_uncaught_exception_ends_the_worker(self):
        """LAM-05: an uncaught exception ends a Node.js worker, its last log line says which"""
        worker = self.start('exports.handler = () => { setTimeout(() => { throw new Error("nobody caught me"); }, 1); };')
        invocation = self.endpoint.invoke(ARN, b'{}')
        self.assertEqual(1, worker.wait())
        self.assertIsNone(invocation.result)
        self.assertEqual('Uncaught exception, the worker ends: nobody caught me', worker.lines('FATAL')[-1])
        self.assertIn('index.js', worker.log('ERROR'))

    def test_an_exception_that_the_function_catches_itself(self):
        worker = self.start('''
            process.on('uncaughtException', error => console.log('mine: ' + error.message));
            exports.handler = (event, context, callback) => {
                setTimeout(callback, 20, null, 'on');
                setTimeout(() => { throw new Error('caught'); }, 1);
            };
            ''')
        self.assertEqual(b'"on"', self.endpoint.invoke(ARN, b'{}').wait().payload)
        self.assertEqual(['mine: caught'], worker.lines('INFO'))

    def test_an_unhandled_rejection_is_logged(self):
        worker = self.start('''
            exports.handler = (event, context, callback) => {
                Promise.reject(new Error('forgotten'));
                setTimeout(callback, 20, null, 'on');
            };
            ''')
        self.assertEqual(b'"on"', self.endpoint.invoke(ARN, b'{}').wait().payload)
        self.assertIn('Unhandled promise rejection: Error: forgotten', worker.log('ERROR'))

    def test_process_exit_in_a_handler(self):
        worker = self.start('exports.handler = () => process.exit(7);')
        invocation = self.endpoint.invoke(ARN, b'{}')
        self.assertEqual(7, worker.wait())
        self.assertIsNone(invocation.result)
        self.assertIn('exit code 7', worker.log('ERROR'))

    def test_a_core_that_is_gone_ends_the_worker(self):
        worker = self.start(ECHO)
        self.endpoint.invoke(ARN, b'1').wait()
        self.endpoint.stop()
        self.assertEqual(1, worker.wait())
        self.assertIn('The worker cannot go on', worker.log('FATAL'))


class ProtocolTests(NodeTestCase):

    use_socket = True

    def test_one_connection_for_work_and_results(self):
        """SDK-01: a Node.js worker talks to the core on one persistent connection, over the Unix socket"""
        self.start(ECHO, environment={'IPC_SOCK_FILE': self.socket_path, 'GG_DAEMON_PORT': '1'})
        for number in range(20):
            self.assertEqual(str(number).encode(), self.endpoint.invoke(ARN, str(number).encode()).wait().payload)
        self.assertEqual(1, self.endpoint.connections)

    def test_without_the_socket_the_port(self):
        self.start(ECHO, environment={'IPC_SOCK_FILE': '/nowhere/ipc.sock'})
        self.assertEqual(b'1', self.endpoint.invoke(ARN, b'1').wait().payload)

    def test_faults_that_pass(self):
        self.endpoint.refusals['GET', '/work'] = [503, None, 500]
        self.endpoint.refusals['POST', '/work'] = [None, 503]
        worker = self.start(ECHO)
        self.assertEqual(b'1', self.endpoint.invoke(ARN, b'1').wait().payload)
        self.endpoint.drop_connections()
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'2').wait().payload)
        self.endpoint.close_after_reply = True
        for number in range(3):
            self.assertEqual(b'3', self.endpoint.invoke(ARN, b'3').wait().payload)
        self.assertEqual('', worker.log('FATAL'))

    def test_a_result_that_the_core_refuses_is_not_the_end(self):
        self.endpoint.refusals['POST', '/work'] = [404]
        worker = self.start(ECHO)
        self.endpoint.invoke(ARN, b'1')
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'2').wait().payload)
        self.assertIn('The core did not take the result: HTTP Error 404', worker.log('WARN'))

    def test_a_result_that_is_too_large_is_a_handled_error(self):
        self.endpoint.refusals['POST', '/work'] = [413]
        worker = self.start(ECHO)
        result = self.endpoint.invoke(ARN, b'"result"').wait()
        self.assertEqual(('Handled', 'The result of the handler, 8 bytes, is too large.'),
                         (result.error, json.loads(result.payload.decode())['errorMessage']))
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'2').wait().payload)
        self.assertEqual('', worker.log('WARN'))


class SDKTests(NodeTestCase):
    """Code written against the public SDK, through a stand-in with its names and calls."""

    FUNCTION = '''
        const greengrass = require('aws-greengrass-core-sdk');
        const iot = new greengrass.IotData();
        const lambda = new greengrass.Lambda();
        const secrets = new greengrass.SecretsManager();
        const calls = {
            publish: (event, callback) => iot.publish(event.params, callback),
            binary: (event, callback) => iot.publish({ topic: 't', payload: Buffer.from([0, 255]) }, callback),
            many: (event, callback) => {
                let left = 100;
                for (let n = 0; n < 100; n += 1) {
                    iot.publish({ topic: 't', payload: String(n) }, () => { left -= 1; if (!left) callback(null, 'all'); });
                }
            },
            invoke: (event, callback) => lambda.invoke(event.params, callback),
            shadow: (event, callback) => iot[event.call](event.params, callback),
            secret: (event, callback) => secrets.getSecretValue({ SecretId: 'n' }, callback),
        };
        exports.handler = (event, context, callback) => {
            calls[event.do](event, (error, data) => callback(null, [error && error.message, data]));
        };
        '''

    def setUp(self):
        super(SDKTests, self).setUp()
        self.worker = self.start(self.FUNCTION)

    def do(self, **event):
        result = self.endpoint.invoke(ARN, json.dumps(event).encode()).wait()
        self.assertEqual('', result.error, result.payload)
        return json.loads(result.payload.decode())

    def test_publish(self):
        """SDK-06, SDK-04: publish of the Node.js SDK sends text and bytes to the router, in the order of the calls"""
        error, invocation = self.do(do='publish', params={'topic': u'räume/1', 'payload': u'grüße'})
        self.assertIsNone(error)
        self.assertEqual(36, len(invocation))
        published = self.endpoint.publications[-1]
        self.assertEqual((u'räume/1', u'grüße'.encode('utf-8'), 'Event'),
                         (published.topic, published.payload, published.invocation_type))
        self.assertEqual(ARN, published.custom['source'])
        self.do(do='binary')
        self.assertEqual(b'\x00\xff', self.endpoint.publications[-1].payload)
        del self.endpoint.publications[:]
        self.assertEqual([None, 'all'], self.do(do='many'))
        self.assertEqual([str(n).encode() for n in range(100)], [p.payload for p in self.endpoint.publications])

    def test_a_refused_publish_is_an_error(self):
        self.endpoint.refusals['POST', ROUTER] = [429]
        error, _ = self.do(do='publish', params={'topic': 't', 'payload': 'p'})
        self.assertIn('HTTP Error 429', error)
        self.assertIn('Failed to invoke function due to', self.worker.log('ERROR'))
        error, _ = self.do(do='publish', params={'topic': 't', 'payload': {'an': 'object'}})
        self.assertIn('JSON.stringify', error)

    def test_invoke(self):
        """LAM-27, SDK-03: invoke of the Node.js SDK gives result, handled and unhandled errors and status, text as text"""
        for error in ('', 'Handled', 'Unhandled'):
            self.endpoint.answers[OTHER] = lambda payload, error=error: (b'<' + payload + b'>', error)
            self.assertEqual([None, {'FunctionError': error, 'StatusCode': 200, 'Payload': '<p>'}],
                             self.do(do='invoke', params={'FunctionName': OTHER, 'Payload': 'p'}))
        self.endpoint.answers[OTHER] = lambda payload: (b'\xff\x00', '')
        _, data = self.do(do='invoke', params={'FunctionName': OTHER, 'Payload': 'p'})
        self.assertEqual({'type': 'Buffer', 'data': [255, 0]}, data['Payload'])
        error, invocation = self.do(do='invoke', params={
            'FunctionName': OTHER[:-2], 'Qualifier': '4', 'Payload': 'p', 'InvocationType': 'Event'})
        self.assertEqual((None, 36), (error, len(invocation)))
        error, _ = self.do(do='invoke', params={'FunctionName': 'Other', 'Payload': 'p'})
        self.assertIn('Cannot parse', error)
        self.endpoint.answers.clear()
        error, _ = self.do(do='invoke', params={'FunctionName': OTHER, 'Payload': 'p'})
        self.assertIn('HTTP Error 404', error)

    def test_shadows_and_secrets(self):
        """SDK-02: shadow and secret calls of the Node.js SDK reach the core's services"""
        self.endpoint.answers['arn:aws:lambda:::function:GGShadowService'] = lambda payload: (b'{"got":"%s"}' % payload, '')
        for call, params, got in (('getThingShadow', {}, ''), ('updateThingShadow', {'payload': '{}'}, '{}'),
                                  ('deleteThingShadow', {}, '')):
            error, data = self.do(do='shadow', call=call, params=dict(params, thingName='t'))
            self.assertEqual((None, '{"got":"%s"}' % got, ''), (error, data['Payload'], data['FunctionError']))
        self.endpoint.answers['arn:aws:lambda:::function:GGSecretManager:1'] = lambda payload: (b'{"ARN":"a"}', '')
        self.assertEqual([None, '{"ARN":"a"}'], self.do(do='secret'))
        self.endpoint.answers['arn:aws:lambda:::function:GGSecretManager:1'] = lambda payload: (b'{"Status":404}', '')
        error, _ = self.do(do='secret')
        self.assertIn('404', error)

    def test_callbacks_after_the_handler_has_returned(self):
        """LAM-01: an invocation without a callback is over when the event loop has nothing left"""
        self.start('''
            const greengrass = require('aws-greengrass-core-sdk');
            const iot = new greengrass.IotData();
            exports.handler = () => {
                iot.publish({ topic: 'first', payload: '' }, () => iot.publish({ topic: 'second', payload: '' }, () => {}));
            };
            ''', arn=OTHER)
        self.assertEqual(b'null', self.endpoint.invoke(OTHER, b'{}').wait().payload)
        self.assertEqual(['first', 'second'], [p.topic for p in self.endpoint.publications])

    def test_a_pinned_program(self):
        """LAM-05: a pinned Node.js function publishes from timers of its own without being called"""
        self.start('''
            const greengrass = require('aws-greengrass-core-sdk');
            const iot = new greengrass.IotData();
            let n = 0;
            setInterval(() => { n += 1; iot.publish({ topic: 'timer', payload: String(n) }, () => {}); }, 2);
            exports.handler = (event, context) => { console.log(event); };
            ''', arn=OTHER)
        self.assertEqual([b'1', b'2', b'3', b'4', b'5'], [p.payload for p in self.endpoint.wait_for_publications(5)[:5]])


if __name__ == '__main__':
    unittest.main()
