"""Calls to services of the core that are functions themselves, such as inference connectors."""

import base64
import json
from collections import namedtuple

from greengrass_ipc_python_sdk.ipc_client import IPCClient, IPCException


class GreengrassRuntimeException(Exception):
    """A service could not be reached or failed in a way of its own."""


GreengrassServiceMessage = namedtuple('GreengrassServiceMessage', ['context', 'payload'])
GreengrassServiceCallOutput = namedtuple('GreengrassServiceCallOutput', ['response', 'error_response'])
GreengrassServiceRegistryEntry = namedtuple('GreengrassServiceRegistryEntry', ['name', 'address'])


def _client_context(context):
    if not context:
        return b''
    if isinstance(context, dict):
        return base64.b64encode(json.dumps(context).encode('utf-8'))
    return context


class GreengrassServiceClient(object):
    """Calls a service by its address, which is a function ARN."""

    def __init__(self, ipc_client=None):
        self._ipc = ipc_client if ipc_client is not None else IPCClient()

    def call(self, address, message):
        """Waits for the service's answer: `response`, or `error_response` where the service reported an error.

        Both are messages. GreengrassRuntimeException tells of every other failure.
        """
        try:
            invocation_id = self._ipc.post_work(address, message.payload, _client_context(message.context))
            output = self._ipc.get_work_result(address, invocation_id)
        except IPCException as error:
            raise GreengrassRuntimeException('Failed to call {}: {}'.format(address, error))
        answer = GreengrassServiceMessage(context=message.context, payload=output.payload)
        if not output.func_err:
            return GreengrassServiceCallOutput(response=answer, error_response=None)
        if output.func_err == 'Handled':
            return GreengrassServiceCallOutput(response=None, error_response=answer)
        raise GreengrassRuntimeException('{} failed ({}): {}'.format(
            address, output.func_err, output.payload[:4096].decode('utf-8', 'replace')))
