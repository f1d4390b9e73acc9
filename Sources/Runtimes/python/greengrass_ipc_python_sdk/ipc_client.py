"""`IPCClient`: what a function, its runtime and the public SDKs ask of the core."""

import os
import sys
from collections import namedtuple

from greengrass_ipc_python_sdk.connection import Connection, ConnectionFailed

try:
    from _thread import _local
except ImportError:
    from thread import _local

HEADER_INVOCATION_ID = 'X-Amz-InvocationId'
HEADER_CLIENT_CONTEXT = 'X-Amz-Client-Context'
HEADER_AUTH_TOKEN = 'Authorization'
HEADER_INVOCATION_TYPE = 'X-Amz-Invocation-Type'
HEADER_FUNCTION_ERR_TYPE = 'X-Amz-Function-Error'
IPC_API_VERSION = '2016-11-01'
DEFAULT_PORT = 8000

_HANDLED = ('\r\n' + HEADER_FUNCTION_ERR_TYPE + ': Handled').encode('ascii')
_ROUTER_ARN = 'arn:aws:lambda:::function:GGRouter'

WorkItem = namedtuple('WorkItem', ['invocation_id', 'payload', 'client_context'])
GetWorkResultOutput = namedtuple('GetWorkResultOutput', ['payload', 'func_err'])


class IPCException(Exception):
    """A request to the core failed. `status` is its HTTP status, None when there was no reply."""

    def __init__(self, message='', status=None):
        Exception.__init__(self, message)
        self.status = status


class InitializationResult(namedtuple('InitializationResult', ['function_error'])):
    """Whether a function came up; as text the body of `PUT .../initialized`."""

    __slots__ = ()

    def __str__(self):
        import json
        error = self.function_error
        response = ''
        if error is not None:
            response = '{}("{}")'.format(type(error).__name__, error) if isinstance(error, BaseException) else str(error)
        return json.dumps({'Success': error is None, 'Response': response})


def _bytes(value, name):
    if value is None:
        return b''
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(bytearray(value))
    if hasattr(value, 'read'):  # the SDK's documentation allows an open file
        return _bytes(value.read(), name)
    try:
        return value.encode('utf-8')
    except AttributeError:
        raise TypeError('{} must be bytes or text, not {}'.format(name, type(value).__name__))


def _log(level, message, *arguments):
    """Through `logging` if the function uses it, never importing it: on Python 2 a thread of a function that is
    still being imported would wait for the import lock."""
    logging = sys.modules.get('logging')
    if logging is not None and hasattr(logging, 'getLogger'):
        logger = logging.getLogger(__name__)
        if logger.isEnabledFor(level):
            logger.log(level, message, *arguments)
    elif level >= _ERROR:
        from greengrass_runtime import records
        records.write('ERROR', __file__, sys._getframe(1).f_lineno, message % arguments)


_DEBUG = 10
_ERROR = 40


class IPCClient(object):
    """The local protocol. One client may be used by many threads: each has its own connection, kept open."""

    _port = None
    _connections = _local()

    def __init__(self, endpoint='localhost', port=None):
        """`port` is what older SDKs pass; the core's own setting (`GG_DAEMON_PORT`) decides."""
        self.endpoint = endpoint
        self.port = IPCClient._port or _daemon_port()
        if port is not None and port != self.port:
            _log(_DEBUG, 'Port %s was asked for; the core listens on %s.', port, self.port)
        self._exchange_parts = None
        self.auth_token = os.environ.get('AWS_CONTAINER_AUTHORIZATION_TOKEN')
        self._socket_path = os.environ.get('IPC_SOCK_FILE')
        self._key = (self._socket_path, self.endpoint, self.port)

    @staticmethod
    def set_gg_daemon_port(port):
        """The core's port for clients made from now on."""
        IPCClient._port = int(port)

    def post_work(self, function_arn, payload, client_context, invocation_type='RequestResponse'):
        """Invokes a function and returns the invocation's ID. `client_context` is base64, as text or bytes."""
        _log(_DEBUG, 'Posting work for function [%s] to %s', function_arn, self._url(_function(function_arn)))
        response = self._request('POST', _function(function_arn), (
            (HEADER_CLIENT_CONTEXT, _text(client_context)),
            (HEADER_INVOCATION_TYPE, invocation_type),
        ), _bytes(payload, 'payload'))
        invocation_id = response.headers.get('x-amz-invocationid')
        _log(_DEBUG, 'Work posted with invocation id [%s]', invocation_id)
        return invocation_id

    def get_work(self, function_arn):
        """Waits for the next work item of this worker's own function."""
        return _work_item(self._request('GET', _function(function_arn) + '/work'))

    def post_work_result(self, function_arn, work_item):
        """Ends a work item: `work_item.payload` is the handler's result."""
        self._request('POST', _function(function_arn) + '/work', (
            (HEADER_INVOCATION_ID, work_item.invocation_id),
        ), _bytes(work_item.payload, 'payload'))

    def post_handler_err(self, function_arn, invocation_id, handler_err):
        """Ends a work item with an error of its handler; `handler_err` is JSON text with an `errorMessage`."""
        self._request('POST', _function(function_arn) + '/work', (
            (HEADER_INVOCATION_ID, invocation_id),
            (HEADER_FUNCTION_ERR_TYPE, 'Handled'),
        ), _bytes(handler_err, 'handler_err'))

    def exchange_work(self, function_arn, invocation_id, payload, is_error, refused):
        """Ends a work item and waits for the next one: both requests leave in one system call. Returns the next item.

        `refused` is called with an IPCException when the core does not take the result. The core gives no work before
        it has one, unless it has given the item up: `refused` may post another result.
        IPCException without a status: the connection broke, and nobody knows what of it the core has got.
        """
        try:
            connection = self._worker_connection()
            connection.begin(self._exchange_of(function_arn, invocation_id, payload, is_error))
            response = connection.following()
            if response.status >= 400:
                self._set_aside(connection, refused, _refusal(response))
            response = connection.following()
        except ConnectionFailed as error:
            raise IPCException('POST and GET {}: {}'.format(self._url(_function(function_arn) + '/work'), error))
        if response.status >= 400:
            raise _refusal(response)
        return _work_item(response)

    def _exchange_of(self, function_arn, invocation_id, payload, is_error):
        """The bytes of both requests. All but the ID, the length and the payload are the same each time."""
        if self._exchange_parts is None or self._exchange_parts[0] != function_arn:
            path = _function(function_arn) + '/work'
            post = self._head('POST', path, ((HEADER_INVOCATION_ID, ''),), b'')
            begin = post[:post.index(b'\r\nContent-Length: ')]
            self._exchange_parts = (function_arn, begin, self._head('GET', path, (), b''))
        _, begin, following = self._exchange_parts
        identifier = invocation_id.encode('ascii')
        if b'\n' in identifier or b'\r' in identifier:
            raise IPCException('An invocation ID must not contain a line break.')
        error = _HANDLED if is_error else b''
        length = str(len(payload)).encode('ascii')
        return b''.join((begin, identifier, error, b'\r\nContent-Length: ', length, b'\r\n\r\n', payload, following))

    def _worker_connection(self):
        """As `_connection`, without asking the kernel whether it is open: what was lost is found by the reply."""
        connection = IPCClient._connections.__dict__.get(self._key)
        if connection is not None and connection.process == os.getpid() and connection.is_usable():
            return connection
        return self._connection()[0]

    def _set_aside(self, connection, refused, error):
        """`refused` talks to the core over another connection: on this one the next work is waited for."""
        kept = IPCClient._connections.__dict__
        key = self._key
        kept.pop(key, None)
        refused(error)
        another, kept[key] = kept.get(key), connection
        if another is not None:
            another.close()

    def get_work_result(self, function_arn, invocation_id):
        """Waits for the result of an invocation made by `post_work`."""
        if function_arn == _ROUTER_ARN:
            return GetWorkResultOutput(payload=b'', func_err='')  # a published message has no result
        response = self._request('GET', _function(function_arn), ((HEADER_INVOCATION_ID, invocation_id),))
        return GetWorkResultOutput(payload=response.body, func_err=response.headers.get('x-amz-function-error', ''))

    def put_initialization_result(self, function_arn, function_error=None):
        """Tells the core that a function that was given time to start is ready, or why it is not."""
        body = str(InitializationResult(function_error))
        self._request('PUT', _function(function_arn) + '/initialized', (), _bytes(body, 'result'))

    def _report(self, message, *arguments):
        _log(_ERROR, message, *arguments)

    def _url(self, path):
        return 'http://{}:{}{}'.format(self.endpoint, self.port, path)

    def _request(self, method, path, headers=(), body=b''):
        head = self._head(method, path, headers, body)
        try:
            response = self._exchange(method, head, body)
        except ConnectionFailed as error:
            message = '{} {}: {}'.format(method, self._url(path), error)
            self._report('%s', message)
            raise IPCException(message)
        if response.status >= 400:
            self._report('HTTP Error %d:%s, %s', response.status, response.reason,
                         response.body[:4096].decode('utf-8', 'replace'))
            raise _refusal(response)
        return response

    def _exchange(self, method, head, body):
        connection, fresh = self._connection()
        try:
            return connection.request(head, body)
        except ConnectionFailed as error:
            # The core may have closed an idle connection just now. What has surely not been acted on, or may be
            # asked twice, is sent again; a POST that may have arrived is not: a message must not be published twice.
            if fresh or (error.sent and method == 'POST'):
                raise
        connection, _ = self._connection()
        return connection.request(head, body)

    def _connection(self):
        """This thread's connection, and whether it has not been used before."""
        kept = IPCClient._connections.__dict__
        key = self._key
        connection = kept.get(key)
        if connection is not None:
            # A forked child has its parent's connections: it leaves them alone.
            if connection.process == os.getpid() and connection.is_open():
                return connection, not connection.used
            del kept[key]
            connection.close()
        connection = Connection(self._socket_path, self.endpoint, self.port)
        kept[key] = connection
        return connection, True

    def _head(self, method, path, headers, body):
        lines = ['{} {} HTTP/1.1'.format(method, path), 'Host: {}:{}'.format(self.endpoint, self.port),
                 'Authorization: ' + (self.auth_token or '')]
        for name, value in headers:
            lines.append(name + ': ' + (value or ''))
        if body or method != 'GET':
            lines.append('Content-Length: ' + str(len(body)))
        text = '\r\n'.join(lines)
        # ARNs and contexts come from functions: none may end a line of its own, or a word of the first line.
        if lines[0].count(' ') != 2:
            raise IPCException('A function ARN must not contain blanks: {!r}'.format(path))
        if text.count('\n') != len(lines) - 1 or text.count('\r') != len(lines) - 1 or '\0' in text:
            raise IPCException('A function ARN, invocation ID or client context must not contain a line break or NUL.')
        try:
            return (text + '\r\n\r\n').encode('ascii')
        except UnicodeError:
            raise IPCException('A function ARN, invocation ID and client context consist of ASCII characters.')


def _refusal(response):
    return IPCException('HTTP Error {}: {}'.format(response.status, response.reason), response.status)


def _work_item(response):
    headers = response.headers
    return WorkItem(invocation_id=headers.get('x-amz-invocationid'), payload=response.body,
                    client_context=headers.get('x-amz-client-context', ''))


def _function(function_arn):
    return '/' + IPC_API_VERSION + '/functions/' + function_arn


def _text(value):
    if value is None:
        return ''
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode('latin-1')
    return str(value)


def _daemon_port():
    value = os.environ.get('GG_DAEMON_PORT', '')
    return int(value) if value.isdigit() else DEFAULT_PORT
