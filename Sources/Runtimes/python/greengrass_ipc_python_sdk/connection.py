"""One HTTP/1.1 connection to the core, kept open from request to request.

The standard library's HTTP client costs a function 20 ms of its start for parsers this protocol has no use for,
so this speaks the little that is needed on a `_socket` of the interpreter: `Content-Length` and chunked replies,
keep-alive, and a way to tell "nothing was sent" from "nobody knows".
"""

import errno
import os

import _socket
# The functions themselves: a function that uses gevent takes `poll` out of its module.
from select import POLLIN, error as _poll_error, poll as _poll

try:
    from _thread import get_ident as _get_ident
except ImportError:
    from thread import get_ident as _get_ident

if str is bytes:
    import fcntl
    # On Python 2 a thread waits for the import lock while a pinned function's import is its whole program: nothing may
    # be imported later, codecs included.
    for _codec in ('ascii', 'latin-1', 'utf-8'):
        ''.decode(_codec).encode(_codec)

_LONGEST_HEAD = 64 * 1024
_RECEIVE = 64 * 1024
# Head and body leave in one system call up to this size; larger bodies are not copied.
_JOINED = 64 * 1024
# How often a reply is looked for before the process sleeps until it comes: some 50 microseconds. Other processes, the core
# among them, come first each time. Python 2 has no way to let them.
_LOOKS = 20 if hasattr(os, 'sched_yield') else 0


class Wakeup(object):
    """Lets signals end the waits of the thread that handles them, the main one.

    A signal that comes between the interpreter's last look for it and the system call is not seen until that returns,
    which for a wait for work may be never. So the interpreter writes a byte into a pipe for each, and waits watch it.
    """

    descriptor = None
    thread = None

    @classmethod
    def watch(cls, descriptor):
        """`descriptor` becomes readable with each signal; to be called in the main thread."""
        cls.thread = _get_ident()
        cls.descriptor = descriptor


class ConnectionFailed(Exception):
    """No reply. `sent` tells whether the core may have got the whole request."""

    def __init__(self, message, sent):
        Exception.__init__(self, message)
        self.sent = sent


class Response(object):
    """A reply: status, reason, header values by lower-case name, body bytes."""

    __slots__ = ('status', 'reason', 'headers', 'body')

    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


class Connection(object):
    """A connection of one thread of one process."""

    def __init__(self, socket_path, host, port):
        self.process = os.getpid()
        self.used = False
        self._received = b''
        self._poll = None
        self._socket = _connect(socket_path, host, port)

    def close(self):
        connected, self._socket = self._socket, None
        if connected is not None:
            connected.close()

    def __del__(self):
        if getattr(self, '_socket', None) is not None:
            self.close()

    def is_usable(self):
        """False once this end has closed the connection, or has got what nobody asked for."""
        return self._socket is not None and not self._received

    def is_open(self):
        """False when the core has closed the connection, or said something nobody asked for."""
        if not self.is_usable():
            return False
        try:
            self._socket.recv(1, _socket.MSG_PEEK | _socket.MSG_DONTWAIT)
        except _socket.error as error:
            return error.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR)
        return False

    def request(self, head, body):
        """Sends a request and waits, for as long as it takes, for its reply. ConnectionFailed closes the connection."""
        try:
            if len(body) <= _JOINED:
                self._send(head + body)
            else:
                self._send(head)
                self._send(body)
        except _socket.error as error:
            # A core that refuses a request may answer and close before it has read it all.
            try:
                response = self._receive_response()
                self.close()
                return response
            except (_socket.error, ConnectionFailed, ValueError):
                self.close()
                raise ConnectionFailed(str(error), False)
        return self.following()

    def begin(self, data):
        """Sends requests whose replies `following` waits for, one after the other."""
        try:
            self._send(data)
        except _socket.error as error:
            self.close()
            raise ConnectionFailed(str(error), True)

    def following(self):
        """The reply to the next of the requests that were sent. ConnectionFailed closes the connection."""
        if self._socket is None:
            raise ConnectionFailed('the core closed the connection', True)
        try:
            response = self._receive_response()
            self.used = True
            return response
        except (_socket.error, ValueError) as error:
            self.close()
            raise ConnectionFailed(str(error), True)
        except BaseException:
            self.close()  # a reply that arrives later must not be taken for another request's
            raise

    def _send(self, data):
        view = memoryview(data)
        while len(view):
            try:
                view = view[self._socket.send(view):]
            except _socket.error as error:
                if error.errno != errno.EINTR:
                    raise

    def _wait(self):
        """Returns when there is something to receive; signals are handled in between."""
        if self._poll is None:
            self._poll = _poll()
            self._poll.register(self._socket.fileno(), POLLIN)
            self._poll.register(Wakeup.descriptor, POLLIN)
        while True:
            try:
                ready = dict(self._poll.poll())
            except _poll_error as error:
                if error.args[0] != errno.EINTR:
                    raise
                continue
            if Wakeup.descriptor in ready:
                try:
                    os.read(Wakeup.descriptor, 4096)
                except OSError as error:
                    if error.errno not in (errno.EAGAIN, errno.EINTR):  # a forked child may have been faster
                        raise
            if self._socket.fileno() in ready:
                return

    def _receive(self):
        data = self._receive_soon()
        if data is not None:
            return data
        if Wakeup.descriptor is not None and Wakeup.thread == _get_ident():
            self._wait()
        while True:
            try:
                data = self._socket.recv(_RECEIVE)
            except _socket.error as error:
                if error.errno == errno.EINTR:
                    continue
                raise
            if not data:
                raise ConnectionFailed('the core closed the connection', True)
            return data

    def _receive_soon(self):
        """What comes within the next microseconds; None where nothing does.

        The core answers most requests in less time than it takes to put a process to sleep and wake it.
        """
        for _ in range(_LOOKS):
            try:
                data = self._socket.recv(_RECEIVE, _socket.MSG_DONTWAIT)
            except _socket.error as error:
                if error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR):
                    raise
                os.sched_yield()
            else:
                if not data:
                    raise ConnectionFailed('the core closed the connection', True)
                return data
        return None

    def _receive_response(self):
        while True:
            status, reason, headers, keep = self._receive_head()
            if status >= 200:
                break
        body, delimited = self._receive_body(status, headers)
        if not (keep and delimited):
            self.close()
        return Response(status, reason, headers, body)

    def _receive_head(self):
        received = self._received
        end = received.find(b'\r\n\r\n')
        while end < 0:
            if len(received) > _LONGEST_HEAD:
                raise ValueError('the reply has a head of more than {} bytes'.format(_LONGEST_HEAD))
            received += self._receive()
            end = received.find(b'\r\n\r\n')
        self._received = received[end + 4:]
        head = received[:end]
        lines = (head if isinstance(head, str) else head.decode('latin-1')).split('\r\n')
        words = lines[0].split(' ', 2)
        if len(words) < 2 or not words[0].startswith('HTTP/1.') or not words[1].isdigit():
            raise ValueError('the reply is not HTTP: {!r}'.format(lines[0][:80]))
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(':')
            if colon:
                headers[name.lower()] = value.strip()
        connection = headers.get('connection', '').lower()
        keep = connection != 'close' if words[0] != 'HTTP/1.0' else connection == 'keep-alive'
        return int(words[1]), words[2] if len(words) > 2 else '', headers, keep

    def _receive_body(self, status, headers):
        if status in (204, 304):
            return b'', True
        if headers.get('transfer-encoding', '').lower() == 'chunked':
            return self._receive_chunks(), True
        length = headers.get('content-length')
        if length is not None:
            if not length.isdigit():
                raise ValueError('the reply has a Content-Length of {!r}'.format(length))
            return self._take(int(length)), True
        pieces = [self._received]
        self._received = b''
        while True:
            try:
                pieces.append(self._receive())
            except ConnectionFailed:
                return b''.join(pieces), False

    def _take(self, count):
        received = self._received
        if len(received) < count:
            pieces = [received]
            missing = count - len(received)
            while missing > 0:
                piece = self._receive()
                pieces.append(piece)
                missing -= len(piece)
            received = b''.join(pieces)
        self._received = received[count:]
        return received[:count]

    def _take_line(self):
        while b'\r\n' not in self._received:
            if len(self._received) > _LONGEST_HEAD:
                raise ValueError('the reply has a line of more than {} bytes'.format(_LONGEST_HEAD))
            self._received += self._receive()
        line, _, self._received = self._received.partition(b'\r\n')
        return line

    def _receive_chunks(self):
        pieces = []
        while True:
            size = int(self._take_line().split(b';')[0].strip(), 16)
            if size < 0:
                raise ValueError('the reply has a chunk of negative size')
            if size == 0:
                while self._take_line():
                    pass
                return b''.join(pieces)
            pieces.append(self._take(size))
            self._take_line()


def _connect(socket_path, host, port):
    """A connected socket: the Unix socket if it can be reached, else TCP. ConnectionFailed tells why there is none."""
    if socket_path:
        try:
            return _open(_socket.AF_UNIX, socket_path)
        except (_socket.error, TypeError, ValueError):
            pass  # not mounted, not listening, or a path that no socket can have
    failure = None
    for family, address in _addresses(host, port):
        try:
            connected = _open(family, address)
            connected.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            return connected
        except _socket.error as error:
            failure = failure or error
    raise ConnectionFailed('cannot reach the Greengrass core at {}:{}{}: {}'.format(
        host, port, ' or ' + socket_path if socket_path else '', failure), False)


def _addresses(host, port):
    if host == 'localhost':
        return ((_socket.AF_INET, ('127.0.0.1', port)), (_socket.AF_INET6, ('::1', port)))
    try:
        found = _socket.getaddrinfo(host, port, 0, _socket.SOCK_STREAM)
    except _socket.error as error:
        raise ConnectionFailed('cannot find the host {}: {}'.format(host, error), False)
    return [(entry[0], entry[4]) for entry in found]


def _open(family, address):
    opened = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        opened.settimeout(None)  # a function may have set a default timeout for its own connections
        _close_in_programs(opened)
        while True:
            try:
                opened.connect(address)
                return opened
            except _socket.error as error:
                if error.errno == errno.EISCONN:
                    return opened
                if error.errno != errno.EINTR:
                    raise
    except BaseException:
        opened.close()
        raise


def _close_in_programs(opened):
    # Python 3 opens sockets so; on 2.7 a program the function starts would keep the connection alive.
    if str is bytes:
        fcntl.fcntl(opened.fileno(), fcntl.F_SETFD, fcntl.FD_CLOEXEC)
