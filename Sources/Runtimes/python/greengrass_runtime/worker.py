"""The life of a worker: get work, call the handler, post what came of it."""

import os
import sys

from greengrass_ipc_python_sdk.ipc_client import IPCClient, IPCException, WorkItem
from greengrass_runtime import logs, records
from greengrass_runtime.context import Context, decode_client_context

_PYTHON_2 = sys.version_info[0] == 2
_TOO_LARGE = 413
# Results up to this size leave together with the request for the next work.
_EXCHANGED = 32 * 1024


class Function(object):
    """Whose worker this is."""

    def __init__(self, arn, encoding):
        self.arn = arn
        self.encoding = encoding
        parts = arn.split(':')
        self.name = parts[6] if len(parts) > 6 else arn
        self.version = parts[7] if len(parts) > 7 else None


class HandlerError(Exception):
    """A work item ends with this JSON text as a handled error."""


def error_text(error):
    """The message of an exception as a native `str`, whatever it is made of."""
    try:
        return str(error)
    except UnicodeError:
        return records.shown(unicode(error))  # noqa: F821  (Python 2 only)
    except Exception as another:
        return '({} without a message: its str() fails with {})'.format(
            type(error).__name__, type(another).__name__)


def error_json(error, trace=None):
    """The body of a handled error. `trace` is the traceback of the handler's own frames."""
    import json
    fields = {'errorMessage': _decoded(error_text(error)), 'errorType': type(error).__name__}
    if trace is not None:
        import traceback
        fields['stackTrace'] = [_decoded(line) for line in traceback.format_tb(trace)]
    return json.dumps(fields)


def _decoded(text):
    return text.decode('utf-8', 'replace') if _PYTHON_2 else text


def decode_event(payload, encoding):
    """What the handler gets: the payload itself, or the value its JSON stands for ({} where there is no payload)."""
    if encoding == 'binary':
        return payload
    if not payload:
        return {}
    import json
    try:
        return json.loads(payload.decode('utf-8'))
    except ValueError as error:
        raise ValueError('The payload of the invocation is not JSON, and the function\'s EncodingType is "json" '
                         '(send JSON, or set it to "binary"): '
                         + error_text(error))


def encode_result(result, encoding):
    """The bytes that answer an invocation; an exception when there is no way to make them."""
    if encoding == 'binary':
        if result is None:
            return b''
        if isinstance(result, (bytes, bytearray, memoryview)):
            return bytes(result) if not isinstance(result, memoryview) else result.tobytes()
        if isinstance(result, type(u'')):
            return result.encode('utf-8')
        raise TypeError('A function of encoding type "binary" returns bytes, text or None, not '
                        + type(result).__name__ + '.')
    import json
    try:
        return json.dumps(result).encode('utf-8')
    except Exception as error:
        name = type(result).__name__
        if isinstance(result, (dict, list, tuple)):
            raise TypeError('The handler returned a {} with something in it that cannot be JSON ({}); JSON has dicts with '
                            'string keys, lists, strings, numbers, booleans and None.'.format(name, error_text(error)))
        raise TypeError('The handler returned {} {}, which cannot be JSON; return a dict, list, string, number or None.'
                        .format('an' if name[0] in 'aeiouAEIOU' else 'a', name))


class WorkerClient(IPCClient):
    """The worker's own client: what fails is tried again, and said once, by the worker."""

    def _report(self, message, *arguments):
        pass


class Worker(object):
    """Runs one handler for one function, one work item at a time, until the process ends."""

    def __init__(self, function, handler, client):
        from greengrass_ipc_python_sdk.utils import exponential_backoff
        self._function = function
        self._handler = handler
        self._client = client
        self._process = os.getpid()
        again = exponential_backoff.retry(retriable=_may_pass)
        self._get_work = again(client.get_work)
        self._post_result = again(client.post_work_result)
        self._post_error = again(client.post_handler_err)

    def run(self):
        """Never returns; ends with the exception that the process should end with."""
        item = None
        while True:
            item = self._handle(item or self._get_work(self._function.arn))

    def _handle(self, item):
        """Takes one work item through the handler. Returns the next one where that came along."""
        try:
            result, is_error = self._result(item), False
        except HandlerError as error:
            result, is_error = error.args[0].encode('utf-8'), True
        self._leave_if_forked()
        arn, identifier = self._function.arn, item.invocation_id

        posted = []

        def post():
            posted.append(True)
            if is_error:
                self._finish(self._post_error, arn, identifier, result)
            else:
                self._finish_result(identifier, result)

        def refused(error):
            if error.status == _TOO_LARGE:
                posted.append(True)
                self._too_large(identifier, len(result))
            elif _may_pass(error):
                post()
            else:
                self._refused(error)

        if len(result) <= _EXCHANGED:
            try:
                return self._client.exchange_work(arn, identifier, result, is_error, refused)
            except IPCException as error:
                if not _may_pass(error):
                    raise
        # The connection broke before anybody knew, or after the result had gone another way.
        if not posted:
            post()
        return None

    def _result(self, item):
        try:
            context = Context(self._function, item.invocation_id, decode_client_context(item.client_context))
            event = decode_event(item.payload, self._function.encoding)
        except ValueError as error:
            records.say('ERROR', error_text(error))
            raise HandlerError(error_json(error))
        try:
            try:
                result = self._handler(event, context)
            finally:
                sys.stdout.flush()
        except Exception:
            kind, error, trace = sys.exc_info()
            frames = trace.tb_next  # without the frame of this method
            logs.record_exception('The handler failed: ' + error_text(error), kind, error, frames)
            raise HandlerError(error_json(error, frames))
        try:
            return encode_result(result, self._function.encoding)
        except Exception as error:  # the frames would be the runtime's own
            records.say('ERROR', error_text(error))
            raise HandlerError(error_json(error))

    def _finish_result(self, invocation_id, result):
        try:
            self._post_result(self._function.arn, WorkItem(invocation_id, result, None))
        except IPCException as error:
            if error.status == _TOO_LARGE:
                self._too_large(invocation_id, len(result))
            else:
                self._refused(error)

    def _too_large(self, invocation_id, count):
        # Without an answer the caller would wait until the timeout, which would end this worker too.
        message = 'The result of the handler, {} bytes, is too large.'.format(count)
        records.say('ERROR', message)
        import json
        self._finish(self._post_error, self._function.arn, invocation_id, json.dumps({'errorMessage': message}))

    def _finish(self, post, *arguments):
        try:
            post(*arguments)
        except IPCException as error:
            self._refused(error)

    def _refused(self, error):
        # The core has given up on this invocation (it may have timed out); the worker goes on with the next.
        records.say('WARN', 'The core did not take the result: ' + str(error))

    def _leave_if_forked(self):
        # A handler that forks and forgets to end the child would have two workers answer for one.
        if os.getpid() != self._process:
            os._exit(0)


def _may_pass(error):
    # No reply, or a trouble of the core's own. What it refuses (400 to 499) it will refuse again.
    return isinstance(error, IPCException) and (error.status is None or error.status >= 500)
