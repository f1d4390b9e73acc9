# coding: utf-8
"""The public greengrasssdk, unmodified, in every version that PyPI has and people deploy."""

import base64
import json
import os
import sys
import unittest

from endpoint import ROUTER
from support import PYTHON_2, RuntimeTestCase

TESTED = 'arn:aws:lambda:us-west-2:123456789012:function:Tested:{}'
OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:Other:4'
SHADOW = 'arn:aws:lambda:::function:GGShadowService'
SECRETS = 'arn:aws:lambda:::function:GGSecretManager:1'

# {version: directory that holds the package}; scripts/test-python-runtime installs them and says where.
SDKS = json.loads(os.environ.get('PERENNIAL_TEST_SDKS', '{}'))

FUNCTION = u'''
# coding: utf-8
import greengrasssdk
import base64, json

iot = greengrasssdk.client('iot-data')
functions = greengrasssdk.client('lambda')
secrets = greengrasssdk.client('secretsmanager')
OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:Other:4'

def publish(event):
    kind = {'text': u'grüße', 'str': 'plain', 'binary': b'\\x00\\xff', 'empty': b''}[event['kind']]
    iot.publish(topic=event['topic'], payload=kind, **event.get('more', {}))

def invoke(event):
    more = dict(event.get('more', {}))
    if 'context' in event:
        more['ClientContext'] = base64.b64encode(json.dumps(event['context']).encode())
    response = functions.invoke(FunctionName=event.get('arn', OTHER), Payload=event['payload'].encode(), **more)
    payload = response['Payload']
    if hasattr(payload, 'read'):
        payload = payload.read()
    return [response['FunctionError'], payload.decode()]

def shadow(event):
    call = getattr(iot, event['call'] + '_thing_shadow')
    return json.loads(call(thingName='t', **event.get('more', {}))['payload'])

def secret(event):
    return secrets.get_secret_value(SecretId=event['name'])['SecretString']

def handler(event, context):
    try:
        return globals()[event['do']](event)
    except Exception as error:
        return {'raised': type(error).__name__, 'said': str(error)}
'''.lstrip()


class SDKTests(unittest.TestCase):
    """Each test runs with every version; each version has one worker for all tests."""

    @classmethod
    def setUpClass(cls):
        assert SDKS, 'PERENNIAL_TEST_SDKS names no SDK: run scripts/test-python-runtime'
        cls.case = RuntimeTestCase('setUp')
        cls.case.setUp()
        cls.endpoint = cls.case.endpoint
        cls.versions = {version: cls.case.start(FUNCTION, search_path=directory, arn=TESTED.format(version))
                        for version, directory in SDKS.items()}

    @classmethod
    def tearDownClass(cls):
        cls.case.tearDown()

    def setUp(self):
        self.workers = []

    def tearDown(self):
        for worker in self.workers:
            worker.stop()

    def start(self, code, **options):
        worker = self.case.start(code, **options)
        self.workers.append(worker)
        return worker

    def each(self):
        for version in sorted(self.versions):
            self.worker = self.versions[version]
            self.arn = self.worker.environment['MY_FUNCTION_ARN']
            yield version
            self.assertEqual('', self.worker.log('FATAL'), version)
            del self.endpoint.publications[:]

    def do(self, **event):
        result = self.endpoint.invoke(self.arn, json.dumps(event).encode()).wait()
        self.assertEqual('', result.error, result.payload)
        return json.loads(result.payload.decode())

    def test_publish(self):
        """SDK-06, SDK-01: publish sends text and bytes to the router as they are"""
        cases = [('str', b'plain'), ('binary', b'\x00\xff'), ('empty', b'')]
        topic = 'rooms/1'
        if not PYTHON_2:  # there the SDK cannot put text that is not ASCII into its own log lines
            cases.append(('text', u'grüße'.encode('utf-8')))
            topic = u'räume/1'
        for version in self.each():
            for kind, payload in cases:
                self.assertIsNone(self.do(do='publish', kind=kind, topic=topic), version)
                publication = self.endpoint.publications[-1]
                self.assertEqual((topic, payload, 'Event'),
                                 (publication.topic, publication.payload, publication.invocation_type), version)
                self.assertEqual(self.arn, publication.custom['source'])

    def test_publish_with_a_policy(self):
        """SDK-04: the policy for a full queue travels in the client context"""
        for version in self.each():
            if version < '1.5':
                continue
            self.do(do='publish', kind='str', topic='t', more={'queueFullPolicy': 'AllOrException'})
            self.assertEqual('AllOrError', self.endpoint.publications[-1].custom['queueFullPolicy'], version)

    def test_a_refused_publish_raises(self):
        for version in self.each():
            self.endpoint.refusals['POST', ROUTER] = [429]
            raised = self.do(do='publish', kind='str', topic='t')
            self.assertEqual('InvocationException', raised['raised'], version)
            self.assertIn('HTTP Error 429', raised['said'])

    def test_invoke(self):
        """LAM-27: invoke returns the other function's result, its handled and its unhandled errors"""
        for version in self.each():
            self.endpoint.answers[OTHER] = lambda payload: (b'<' + payload + b'>', '')
            self.assertEqual(['', '<p>'], self.do(do='invoke', payload='p'), version)
            for error in ('Handled', 'Unhandled'):
                self.endpoint.answers[OTHER] = lambda payload, error=error: (b'{"errorMessage":"m"}', error)
                self.assertEqual([error, '{"errorMessage":"m"}'], self.do(do='invoke', payload='p'), version)

    def test_invoke_without_waiting(self):
        for version in self.each():
            got = []
            self.endpoint.answers[OTHER] = lambda payload: (got.append(payload), '')
            self.assertEqual(['', ''], self.do(do='invoke', payload='p', more={'InvocationType': 'Event'}), version)
            self.assertEqual([b'p'], got)

    def test_invoke_with_qualifier_and_context(self):
        for version in self.each():
            self.endpoint.answers[OTHER] = lambda payload: (b'', '')
            self.assertEqual(['', ''], self.do(do='invoke', payload='p', arn=OTHER[:-2], more={'Qualifier': '4'},
                                               context={'custom': {'a': 1}}), version)
            posted = [request for request in self.endpoint.requests if request.path.endswith('/functions/' + OTHER)]
            self.assertEqual({'custom': {'a': 1}},
                             json.loads(base64.b64decode(posted[-2].headers['x-amz-client-context']).decode()))

    def test_an_invocation_that_the_core_refuses_raises(self):
        self.endpoint.answers.pop(OTHER, None)
        for version in self.each():
            raised = self.do(do='invoke', payload='p')
            self.assertEqual('InvocationException', raised['raised'], version)
            self.assertIn('HTTP Error 404', raised['said'])
            self.assertEqual('ValueError', self.do(do='invoke', payload='p', arn='Other')['raised'])

    def test_a_pinned_function_publishes_from_its_import_and_from_threads(self):
        """LAM-05: a pinned function's import may be its whole program, threads included"""
        code = '''
            import greengrasssdk, threading, time
            client = greengrasssdk.client('iot-data')
            def publish(topic, left):
                client.publish(topic=topic, payload=str(left))
                if left:
                    threading.Timer(0.001, publish, (topic, left - 1)).start()
            publish('timer', 3)
            def handler(event, context): pass
            '''
        for version, directory in sorted(SDKS.items()):
            del self.endpoint.publications[:]
            self.start(code.rstrip() + '\n            while True: time.sleep(0.001)\n', search_path=directory)
            self.start(code, search_path=directory)
            self.assertEqual(sorted([b'3', b'2', b'1', b'0'] * 2),
                             sorted(p.payload for p in self.endpoint.wait_for_publications(8)), version)

    def test_shadows(self):
        for version in self.each():
            self.endpoint.answers[SHADOW] = lambda payload: (b'{"state":{},"got":%d}' % len(payload), '')
            self.assertEqual({'state': {}, 'got': 0}, self.do(do='shadow', call='get'), version)
            self.assertEqual({'state': {}, 'got': 2}, self.do(do='shadow', call='update', more={'payload': '{}'}), version)
            self.endpoint.answers[SHADOW] = lambda payload: (b'{"code":404,"message":"none"}', '')
            self.assertEqual('ShadowError', self.do(do='shadow', call='get')['raised'], version)

    def test_secrets(self):
        for version in self.each():
            self.endpoint.answers[SECRETS] = lambda payload: (json.dumps({
                'ARN': 'a', 'Name': json.loads(payload.decode())['SecretId'], 'VersionId': 'v', 'SecretBinary': None,
                'SecretString': 's', 'VersionStages': ['AWSCURRENT'], 'CreatedDate': 1500000000000}).encode(), '')
            if version < '1.5' and sys.version_info >= (3, 10):
                continue  # those versions' own arithmetic with dates fails since Python 3.10
            self.assertEqual('s', self.do(do='secret', name='n'), version)

    def test_two_functions_on_real_workers(self):
        """LAM-27: one function invokes another, both on this runtime"""
        self.endpoint.answers[OTHER] = None
        callee = self.start('''
            def handler(event, context):
                if event == 'fail':
                    raise ValueError('failed as asked')
                return {'echo': event, 'custom': context.client_context and context.client_context.custom}
            ''', arn=OTHER)
        for version in self.each():
            self.assertEqual(['', {'echo': 'p', 'custom': {'a': 1}}],
                             self.decoded(self.do(do='invoke', payload='"p"', context={'custom': {'a': 1}})), version)
            error, body = self.decoded(self.do(do='invoke', payload='"fail"'))
            self.assertEqual(('Handled', 'failed as asked'), (error, body['errorMessage']), version)
            error, body = self.decoded(self.do(do='invoke', payload='not JSON'))
            self.assertEqual('Handled', error, version)
        self.assertEqual(0, callee.stop())

    @staticmethod
    def decoded(answer):
        return [answer[0], json.loads(answer[1])]

    def test_the_SDK_logs_into_the_function_log(self):
        for version in self.each():
            self.do(do='publish', kind='str', topic='t/1')
            log = self.worker.log('DEBUG')
            self.assertIn('Publishing message on topic "t/1"', log, version)
            self.assertIn('ipc_client.py:', log, version)
            self.assertIn('Posting work for function [{}] to http://localhost:'.format(ROUTER), log, version)


if __name__ == '__main__':
    unittest.main()
