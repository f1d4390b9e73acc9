"""The envelope that the oldest SDKs wrapped payloads in: JSON with a base64 payload and extra values."""

import base64
import json


class GreengrassMessage(object):
    """A payload with named extensions; `encode` and `decode` turn it into JSON text and back."""

    def __init__(self, payload=None, **extension_map):
        self.payload = payload
        self.extension_map = extension_map

    def encode(self):
        """`{"Payload": base64 text, "ExtensionMap_": {...}}`"""
        payload = self.payload if self.payload is not None else b''
        if not isinstance(payload, (bytes, bytearray)):
            payload = payload.encode('utf-8')
        return json.dumps({
            'Payload': base64.b64encode(bytes(payload)).decode('ascii'),
            'ExtensionMap_': self.extension_map,
        })

    def decode(self, encoded):
        """Fills this message from `encode`'s output and returns it; ValueError when it is not one."""
        if isinstance(encoded, (bytes, bytearray)):
            encoded = bytes(encoded).decode('utf-8')
        fields = json.loads(encoded)
        if not isinstance(fields, dict):
            raise ValueError('A Greengrass message is a JSON object, not {}.'.format(type(fields).__name__))
        self.payload = base64.b64decode(fields.get('Payload') or '')
        self.extension_map = fields.get('ExtensionMap_') or {}
        return self
