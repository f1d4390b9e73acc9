"""The `context` argument of a handler."""

import binascii


class Client(object):
    """The application that made the invocation, where it said so (`client` of the client context)."""

    def __init__(self, fields):
        self.installation_id = fields.get('installation_id')
        self.app_title = fields.get('app_title')
        self.app_version_name = fields.get('app_version_name')
        self.app_version_code = fields.get('app_version_code')
        self.app_version_package_name = fields.get('app_version_package_name')


class ClientContext(object):
    """What came with the invocation. `custom` is a plain dict: `context.client_context.custom['subject']` is the topic
    of a message that a subscription delivered."""

    def __init__(self, fields):
        client = fields.get('client')
        self.client = Client(client) if isinstance(client, dict) else None
        custom = fields.get('custom')
        self.custom = custom if custom is not None else {}
        self.env = fields.get('env')


class Context(object):
    """One invocation. `client_context` is None when nothing came with it."""

    identity = None

    def __init__(self, function, invocation_id, client_context):
        self.invoked_function_arn = function.arn
        self.function_name = function.name
        self.function_version = function.version
        self.aws_request_id = invocation_id
        self.client_context = client_context


def decode_client_context(header):
    """A ClientContext from the base64 JSON of `X-Amz-Client-Context`, None from an empty one; ValueError for others."""
    if not header:
        return None
    import json
    try:
        fields = json.loads(binascii.a2b_base64(header).decode('utf-8'))
    except (ValueError, binascii.Error):
        raise ValueError('The client context is not the base64 form of JSON.')
    if not isinstance(fields, dict):
        raise ValueError('The client context is JSON, but not an object.')
    return ClientContext(fields)
