"""The other end of the local protocol, for the tests: what a core does for functions, and nothing else.

It speaks HTTP/1.1 with keep-alive on TCP and, if asked, on a Unix socket, keeps a queue for each function, and remembers
everything it was told. Faults can be switched on to see how the runtime takes them.
"""

import base64
import collections
import errno
import json
import os
import socket
import threading
import time
import uuid

ROUTER = 'arn:aws:lambda:::function:GGRouter'
TOKEN = 'Basic c2VjcmV0'
_PREFIX = '/2016-11-01/functions/'

Publication = collections.namedtuple('Publication', ['topic', 'payload', 'custom', 'invocation_type'])
Request = collections.namedtuple('Request', ['method', 'path', 'headers', 'body', 'connection'])
Result = collections.namedtuple('Result', ['payload', 'error'])


class Invocation(object):
    """A work item on its way through a worker."""

    def __init__(self, arn, payload, context, kind):
        self.arn = arn
        self.identifier = str(uuid.uuid4())
        self.payload = payload
        self.context = context
        self.kind = kind
        self.result = None
        self.taken = False
        self.finished = threading.Event()

    def finish(self, payload, error=''):
        self.result = Result(payload, error)
        self.finished.set()

    def wait(self, seconds=10):
        """The result; an assertion fails when there is none in time."""
        assert self.finished.wait(seconds), 'no result within {} s'.format(seconds)
        return self.result


class Endpoint(object):
    """A core's local endpoint on ports of its own."""

    def __init__(self, socket_path=None):
        self.lock = threading.Condition()
        self.queues = collections.defaultdict(collections.deque)
        self.invocations = {}
        self.publications = []
        self.requests = []
        self.initialized = []
        self.connections = 0
        self.close_after_reply = False
        self.chunked = False
        self.refusals = {}  # (method, path suffix) -> list of statuses to answer with, one a request
        self.answers = {}   # arn -> function(payload) -> (payload, error): functions that this end plays itself
        self._live = set()
        self._threads = []
        self._stopped = False
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(('127.0.0.1', 0))
        self.port = tcp.getsockname()[1]
        self._listeners = [tcp]
        if socket_path:
            local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            local.bind(socket_path)
            self._listeners.append(local)
        for listener in self._listeners:
            listener.listen(64)
            self._start(self._accept, listener)

    def stop(self):
        """Closes everything and waits for the threads: Python 2 does not bear one that outlives its modules."""
        with self.lock:
            self._stopped = True
            self.lock.notify_all()
        for listener in self._listeners:
            _shut(listener)
        for thread in self._threads[:len(self._listeners)]:
            thread.join(10)  # those that accept: no connection comes after this
        self.drop_connections()
        for thread in self._threads:
            thread.join(10)

    def _start(self, body, *arguments):
        thread = threading.Thread(target=body, args=arguments)
        thread.daemon = True
        self._threads.append(thread)
        thread.start()

    def drop_connections(self):
        """Closes every connection that is open, as a restarted core would."""
        with self.lock:
            live, self._live = self._live, set()
        for connection in live:
            _shut(connection)

    def wait_for_publications(self, count, seconds=60):
        """Waits for those of a thread that publishes by itself, whose end no answer tells.

        Returns what there is when the time is over: the test's own comparison tells what is missing.
        """
        end = time.time() + seconds
        with self.lock:
            while len(self.publications) < count and time.time() < end:
                self.lock.wait(end - time.time())
            return list(self.publications)

    def invoke(self, arn, payload=b'', context=None, kind='RequestResponse'):
        """Queues a work item; `context` is what its client context says, as a dict, or raw header text."""
        if isinstance(context, dict):
            context = base64.b64encode(json.dumps(context).encode()).decode()
        invocation = Invocation(arn, payload, context or '', kind)
        with self.lock:
            self.invocations[invocation.identifier] = invocation
            self.queues[arn].append(invocation)
            self.lock.notify_all()
        return invocation

    def _accept(self, listener):
        while not self._stopped:
            try:
                connection, _ = listener.accept()
            except (OSError, IOError):
                return
            with self.lock:
                self.connections += 1
                number = self.connections
                self._live.add(connection)
            self._start(self._serve, connection, number)

    def _serve(self, connection, number):
        stream = connection.makefile('rb')
        try:
            while True:
                request = _read_request(stream, number)
                if request is None:
                    return
                with self.lock:
                    self.requests.append(request)
                status, headers, body = self._handle(request, connection)
                if status is None:
                    return
                connection.sendall(self._reply(status, headers, body))
                with self.lock:
                    self.lock.notify_all()
                if self.close_after_reply:
                    return
        except (OSError, IOError, ValueError):
            return
        finally:
            with self.lock:
                self._live.discard(connection)
            stream.close()
            _shut(connection)

    def _reply(self, status, headers, body):
        lines = ['HTTP/1.1 {} {}'.format(status, 'OK' if status < 300 else 'Refused')]
        if self.chunked:
            lines.append('Transfer-Encoding: chunked')
            half = len(body) // 2
            pieces = [piece for piece in (body[:half], body[half:]) if piece]
            body = b''.join(('%x;x=y\r\n' % len(piece)).encode() + piece + b'\r\n' for piece in pieces) + b'0\r\n\r\n'
        else:
            lines.append('Content-Length: {}'.format(len(body)))
        lines += ['{}: {}'.format(name, value) for name, value in headers]
        if self.close_after_reply:
            lines.append('Connection: close')
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1') + body

    def _handle(self, request, connection):
        for (method, suffix), statuses in list(self.refusals.items()):
            if method == request.method and request.path.endswith(suffix) and statuses:
                status = statuses.pop(0)
                return (None, (), b'') if status is None else (status, (), b'refused by the test')
        if request.headers.get('authorization') != TOKEN:
            return 403, (), b'wrong token'
        if not request.path.startswith(_PREFIX):
            return 404, (), b'no such path'
        arn, slash, operation = request.path[len(_PREFIX):].partition('/')
        if operation == 'work' and request.method == 'GET':
            return self._give_work(arn, connection)
        if operation == 'work' and request.method == 'POST':
            return self._take_result(request)
        if operation == 'initialized' and request.method == 'PUT':
            self.initialized.append(json.loads(request.body.decode()))
            return 200, (), b''
        if not slash and request.method == 'POST':
            return self._take_work(arn, request)
        if not slash and request.method == 'GET':
            return self._give_result(request)
        return 400, (), b'no such operation'

    def _give_work(self, arn, connection):
        with self.lock:
            while True:
                # What a worker that is gone asked for must not take what the next one is to get.
                if self._stopped or connection not in self._live or _is_closed(connection):
                    return None, (), b''
                if self.queues[arn]:
                    break
                self.lock.wait(0.5)
            invocation = self.queues[arn].popleft()
            invocation.taken = True
        return 200, (('X-Amz-InvocationId', invocation.identifier),
                     ('X-Amz-Client-Context', invocation.context)), invocation.payload

    def _take_result(self, request):
        invocation = self.invocations.get(request.headers.get('x-amz-invocationid'))
        if invocation is None or invocation.finished.is_set():
            return 404, (), b'no such invocation'
        invocation.finish(request.body, request.headers.get('x-amz-function-error', ''))
        return 200, (), b''

    def _take_work(self, arn, request):
        context = request.headers.get('x-amz-client-context', '')
        kind = request.headers.get('x-amz-invocation-type')
        if arn == ROUTER:
            custom = json.loads(base64.b64decode(context).decode())['custom']
            with self.lock:
                self.publications.append(Publication(custom['subject'], request.body, custom, kind))
                self.lock.notify_all()
            return 202, (('X-Amz-InvocationId', str(uuid.uuid4())),), b''
        if arn not in self.answers:
            return 404, (), b'no such function'
        invocation = Invocation(arn, request.body, context, kind)
        self.invocations[invocation.identifier] = invocation
        if self.answers[arn] is None:
            with self.lock:
                self.queues[arn].append(invocation)
                self.lock.notify_all()
        else:
            invocation.finish(*self.answers[arn](request.body))
        return 202 if kind == 'Event' else 200, (('X-Amz-InvocationId', invocation.identifier),), b''

    def _give_result(self, request):
        invocation = self.invocations.get(request.headers.get('x-amz-invocationid'))
        if invocation is None:
            return 404, (), b'no such invocation'
        result = invocation.wait(30)
        return 200, (('X-Amz-Function-Error', result.error),), result.payload


def _shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except (OSError, IOError):
        pass
    connection.close()


def _is_closed(connection):
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (OSError, IOError) as error:
        return error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR)


def _read_request(stream, number):
    first = stream.readline()
    if not first:
        return None
    method, path, version = first.decode('latin-1').split()
    assert version == 'HTTP/1.1'
    headers = {}
    while True:
        line = stream.readline().decode('latin-1')
        if line in ('\r\n', ''):
            break
        name, _, value = line.partition(':')
        assert name.lower() not in headers, name
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get('content-length', 0)))
    return Request(method, path, headers, body, number)
