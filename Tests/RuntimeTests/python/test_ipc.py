# coding: utf-8
"""The client of the local protocol: connections, faults, and what users call."""

import os
import select
import sys
import threading
import time
import unittest

from endpoint import ROUTER, TOKEN
from support import ARN, PYTHON_2, RUNTIME, RuntimeTestCase

sys.path.insert(0, RUNTIME)
from greengrass_ipc_python_sdk import IPCClient as IPCClientOfPackage  # noqa: E402
from greengrass_ipc_python_sdk.connection import Wakeup  # noqa: E402
from greengrass_ipc_python_sdk.ipc_client import (  # noqa: E402
    GetWorkResultOutput, InitializationResult, IPCClient, IPCException, WorkItem)
from greengrass_ipc_python_sdk.ipc_facade import (  # noqa: E402
    GreengrassRuntimeException, GreengrassServiceClient, GreengrassServiceMessage)

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:Other:1'


class ClientTestCase(RuntimeTestCase):
    """Has a client in the test's own process."""

    def setUp(self):
        RuntimeTestCase.setUp(self)
        self.saved = dict(os.environ)
        os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = TOKEN
        os.environ['GG_DAEMON_PORT'] = str(self.endpoint.port)
        os.environ.pop('IPC_SOCK_FILE', None)
        if self.socket_path:
            os.environ['IPC_SOCK_FILE'] = self.socket_path
        IPCClient._connections.__dict__.clear()
        self.client = IPCClient()
        # Failures are logged by the client; here they are asserted.
        self.client._report = lambda *_: None

    def tearDown(self):
        IPCClient._connections.__dict__.clear()
        os.environ.clear()
        os.environ.update(self.saved)
        RuntimeTestCase.tearDown(self)

    def last(self):
        return self.endpoint.requests[-1]


class OperationTests(ClientTestCase):

    def test_work_is_posted_with_its_headers(self):
        """SDK-04: work is posted with its headers"""
        identifier = self.client.post_work(ROUTER, b'hello', 'eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ==', 'Event')
        self.assertRegex(identifier, r'^[0-9a-f-]{36}$')
        request = self.last()
        self.assertEqual(('POST', '/2016-11-01/functions/' + ROUTER), (request.method, request.path))
        self.assertEqual((TOKEN, 'Event'), (request.headers['authorization'], request.headers['x-amz-invocation-type']))
        self.assertEqual('a/b', self.endpoint.publications[0].topic)

    def test_payloads_and_contexts_come_in_every_kind(self):
        self.endpoint.answers[OTHER] = lambda payload: (payload, '')
        for payload, sent in ((b'b\xff', b'b\xff'), (u'ü', u'ü'.encode('utf-8')), (None, b''), (bytearray(b'x'), b'x'),
                              (open(__file__.replace('.pyc', '.py'), 'rb'), None)):
            for context, header in ((b'YQ==', 'YQ=='), (u'YQ==', 'YQ=='), (b'', ''), (None, ''), ('', '')):
                identifier = self.client.post_work(OTHER, payload, context)
                if sent is not None:
                    self.assertEqual(sent, self.last().body)
                self.assertEqual(header, self.last().headers['x-amz-client-context'])
                self.assertEqual('RequestResponse', self.last().headers['x-amz-invocation-type'])
                self.assertIsInstance(identifier, str)
            if hasattr(payload, 'close'):
                payload.close()
        self.assertRaises(TypeError, self.client.post_work, OTHER, 5, '')

    def test_results_carry_the_function_error_as_it_is(self):
        for error in ('', 'Handled', 'Unhandled'):
            self.endpoint.answers[OTHER] = lambda payload, error=error: (b'\x00' + payload, error)
            output = self.client.get_work_result(OTHER, self.client.post_work(OTHER, b'1', ''))
            self.assertEqual(GetWorkResultOutput(b'\x001', error), output)

    def test_a_published_message_has_no_result_to_wait_for(self):
        self.assertEqual((b'', ''), tuple(self.client.get_work_result(ROUTER, 'any')))
        self.assertEqual([], self.endpoint.requests)

    def test_work_and_its_results(self):
        invocation = self.endpoint.invoke(ARN, b'in', 'Y29udGV4dA==')
        item = self.client.get_work(ARN)
        self.assertEqual(WorkItem(invocation.identifier, b'in', 'Y29udGV4dA=='), item)
        self.client.post_work_result(ARN, WorkItem(item.invocation_id, b'out', None))
        self.assertEqual((b'out', ''), tuple(invocation.wait()))
        invocation = self.endpoint.invoke(ARN)
        self.client.post_handler_err(ARN, self.client.get_work(ARN).invocation_id, '{"errorMessage":"x"}')
        self.assertEqual((b'{"errorMessage":"x"}', 'Handled'), tuple(invocation.wait()))

    def test_initialization_results(self):
        self.client.put_initialization_result(ARN, None)
        self.client.put_initialization_result(ARN, ValueError('no "pin"'))
        self.assertEqual([{'Success': True, 'Response': ''},
                          {'Success': False, 'Response': 'ValueError("no "pin"")'}], self.endpoint.initialized)
        self.assertIn('"Success": true', str(InitializationResult(None)))

    def test_a_refusal_is_an_exception_with_its_status(self):
        for status in (400, 403, 404, 429, 500):
            self.endpoint.refusals['POST', ROUTER] = [status]
            with self.assertRaises(IPCException) as caught:
                self.client.post_work(ROUTER, b'', '')
            self.assertEqual('HTTP Error {}: Refused'.format(status), str(caught.exception))
            self.assertEqual(status, caught.exception.status)

    def test_what_would_break_out_of_a_header_is_refused(self):
        for arn, context in (('a b', ''), ('a\r\nX: y', ''), ('a', 'x\r\nX: y'), ('a', 'x\n'), (u'ä', ''), ('a', '\0')):
            self.assertRaises((IPCException, UnicodeError), self.client.post_work, arn, b'', context)
        self.assertEqual([], self.endpoint.requests)

    def test_old_and_new_ways_to_make_a_client(self):
        self.assertIs(IPCClient, IPCClientOfPackage)
        for client in (IPCClient('localhost', 8000), IPCClient(endpoint='localhost'), IPCClient(port=8000)):
            self.assertEqual(('localhost', self.endpoint.port, TOKEN), (client.endpoint, client.port, client.auth_token))
        IPCClient.set_gg_daemon_port('4711')
        try:
            self.assertEqual(4711, IPCClient().port)
        finally:
            IPCClient._port = None
        os.environ['GG_DAEMON_PORT'] = 'none'
        self.assertEqual(8000, IPCClient().port)

    def test_no_core_at_all_is_an_exception_that_says_where_it_was_sought(self):
        os.environ['GG_DAEMON_PORT'] = '1'
        client = IPCClient()
        client._report = lambda *_: None
        with self.assertRaises(IPCException) as caught:
            client.post_work(ROUTER, b'', '')
        self.assertIn('localhost:1', str(caught.exception))
        self.assertIsNone(caught.exception.status)

    def test_services_are_called_through_the_facade(self):
        self.endpoint.answers[OTHER] = lambda payload: (b'got ' + payload, '')
        service = GreengrassServiceClient()
        message = GreengrassServiceMessage(context={'custom': {'a': 1}}, payload=b'p')
        self.assertEqual(b'got p', service.call(OTHER, message).response.payload)
        self.endpoint.answers[OTHER] = lambda payload: (b'{"errorMessage":"m"}', 'Handled')
        self.assertEqual(b'{"errorMessage":"m"}', service.call(OTHER, message).error_response.payload)
        self.endpoint.answers[OTHER] = lambda payload: (b'', 'Unhandled')
        self.assertRaises(GreengrassRuntimeException, service.call, OTHER, message)


class ConnectionTests(ClientTestCase):

    def publish(self, payload=b'x'):
        return self.client.post_work(ROUTER, payload, 'eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ==', 'Event')

    def test_one_connection_serves_many_requests(self):
        for _ in range(20):
            self.publish()
        self.assertEqual(1, self.endpoint.connections)

    def test_each_thread_has_a_connection_of_its_own(self):
        def body():
            for turn in range(25):
                self.publish(str(turn).encode())

        threads = [threading.Thread(target=body) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(200, len(self.endpoint.publications))
        self.assertEqual(8, self.endpoint.connections)
        self.assertEqual(8, len(set(request.connection for request in self.endpoint.requests)))

    def test_a_connection_that_the_core_closed_is_replaced(self):
        self.publish()
        for _ in range(3):
            self.endpoint.drop_connections()
            self.publish()
        self.assertEqual(4, len(self.endpoint.publications))
        self.assertEqual(4, self.endpoint.connections)

    def test_a_core_that_closes_after_each_reply_is_served_too(self):
        self.endpoint.close_after_reply = True
        for _ in range(3):
            self.publish()
        self.assertEqual((3, 3), (len(self.endpoint.publications), self.endpoint.connections))

    def test_a_message_that_may_have_arrived_is_not_published_twice(self):
        self.publish()
        self.endpoint.refusals['POST', ROUTER] = [None]  # takes the request and closes without a reply
        self.assertRaises(IPCException, self.publish)
        self.assertEqual(2, len(self.endpoint.requests))
        self.publish()

    def test_a_question_is_asked_again(self):
        self.publish()
        self.endpoint.refusals['GET', '/work'] = [None]
        invocation = self.endpoint.invoke(ARN, b'in')
        self.assertEqual(invocation.identifier, self.client.get_work(ARN).invocation_id)

    def test_chunked_replies_are_understood(self):
        self.endpoint.chunked = True
        self.endpoint.answers[OTHER] = lambda payload: (payload * 2, '')
        for payload in (b'', b'a', b'b' * 100000):
            identifier = self.client.post_work(OTHER, payload, '')
            self.assertEqual(payload * 2, self.client.get_work_result(OTHER, identifier).payload)
        self.assertEqual(1, self.endpoint.connections)

    def test_large_bodies_pass_both_ways(self):
        self.endpoint.answers[OTHER] = lambda payload: (payload, '')
        payload = os.urandom(1 << 20) * 4
        identifier = self.client.post_work(OTHER, payload, '')
        self.assertEqual(payload, self.client.get_work_result(OTHER, identifier).payload)

    def test_a_forked_child_uses_a_connection_of_its_own(self):
        self.publish(b'parent')
        child = os.fork()
        if child == 0:
            try:
                self.publish(b'child')
                os._exit(0)
            finally:
                os._exit(1)
        self.assertEqual(0, os.waitpid(child, 0)[1])
        self.publish(b'parent again')
        self.assertEqual([b'parent', b'child', b'parent again'], [p.payload for p in self.endpoint.publications])
        self.assertEqual([1, 2, 1], [request.connection for request in self.endpoint.requests])

    def test_a_default_timeout_of_the_function_does_not_end_its_waits(self):
        import socket
        socket.setdefaulttimeout(0.001)
        try:
            self.publish()
        finally:
            socket.setdefaulttimeout(None)

    def test_a_wait_goes_on_after_a_signal(self):
        read_end, write_end = os.pipe()
        Wakeup.watch(read_end)

        def send_when_taken():
            while select.select([read_end], [], [], 0)[0]:  # what signals wrote is taken out
                time.sleep(0.001)
            self.endpoint.invoke(ARN, b'late')

        try:
            os.write(write_end, b'\x0f')
            sender = threading.Thread(target=send_when_taken)
            sender.start()
            self.assertEqual(b'late', self.client.get_work(ARN).payload)
            sender.join()
        finally:
            Wakeup.descriptor = None
            os.close(read_end)
            os.close(write_end)

    def test_replies_that_are_none_are_an_exception(self):
        for reply in (b'SSH-2.0-x\r\n\r\n', b'HTTP/1.1 abc\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
                      b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', b'', b'HTTP/1.1 200 OK\r\n',
                      b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc', b'x' * 100000):
            self.endpoint._reply = lambda status, headers, body, reply=reply: reply
            self.endpoint.close_after_reply = True
            self.assertRaises(IPCException, self.publish)

    def test_an_interim_reply_is_passed_over(self):
        plain = self.endpoint._reply
        self.endpoint._reply = lambda *reply: b'HTTP/1.1 100 Continue\r\n\r\n' + plain(*reply)
        self.assertIsNotNone(self.publish())
        self.assertIsNotNone(self.publish())


class UnixSocketTests(ClientTestCase):

    use_socket = True

    def test_the_unix_socket_is_preferred(self):
        identifier = self.client.post_work(ROUTER, b'x', 'eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ==')
        self.assertIsNotNone(identifier)
        connection = next(iter(IPCClient._connections.__dict__.values()))
        self.assertEqual(self.socket_path, connection._socket.getpeername())

    def test_TCP_is_used_where_the_socket_cannot_be_reached(self):
        for path in (os.path.join(self.directory, 'missing'), self.directory, 'x' * 300, __file__):
            os.environ['IPC_SOCK_FILE'] = path
            self.assertIsNotNone(
                IPCClient().post_work(ROUTER, b'x', 'eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ=='))

    def test_a_worker_lives_on_one_connection_of_the_socket(self):
        worker = self.start('def handler(event, context): return event + 1',
                            environment={'IPC_SOCK_FILE': self.socket_path, 'GG_DAEMON_PORT': '1'})
        for number in range(10):
            self.assertEqual(str(number + 1).encode(), self.endpoint.invoke(ARN, str(number).encode()).wait().payload)
        self.assertEqual(1, self.endpoint.connections)
        self.assertEqual(0, worker.stop())


class WorkerConnectionTests(RuntimeTestCase):

    ECHO = 'def handler(event, context): return event'

    def test_a_worker_survives_a_core_that_drops_its_connections(self):
        self.start(self.ECHO)
        self.assertEqual(b'1', self.endpoint.invoke(ARN, b'1').wait().payload)
        self.endpoint.drop_connections()
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'2').wait().payload)

    def test_a_worker_tries_again_after_errors_of_the_core(self):
        self.endpoint.refusals['GET', '/work'] = [500, 503]
        self.endpoint.refusals['POST', '/work'] = [500]
        self.start(self.ECHO)
        self.assertEqual(b'1', self.endpoint.invoke(ARN, b'1').wait().payload)

    def test_a_result_that_the_core_no_longer_wants_is_no_end(self):
        self.endpoint.refusals['POST', '/work'] = [404]
        worker = self.start(self.ECHO)
        self.endpoint.invoke(ARN, b'1')
        self.assertEqual(b'2', self.endpoint.invoke(ARN, b'2').wait().payload)
        self.assertIn('did not take the result: HTTP Error 404', worker.log('WARN'))

    def test_a_worker_that_is_refused_ends_and_says_why(self):
        worker = self.start(self.ECHO, environment={'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic wrong'})
        self.assertEqual(1, worker.wait())
        self.assertIn('The worker cannot go on: HTTP Error 403', worker.log('FATAL'))

    def test_a_worker_without_a_core_ends_within_its_tries(self):
        worker = self.start(self.ECHO)
        self.endpoint.invoke(ARN, b'1').wait()
        self.endpoint.stop()
        self.assertEqual(1, worker.wait())
        self.assertIn('The worker cannot go on: Gave up after', worker.log('FATAL'))


if not hasattr(unittest.TestCase, 'assertRegex'):
    unittest.TestCase.assertRegex = unittest.TestCase.assertRegexpMatches

if __name__ == '__main__':
    unittest.main()
