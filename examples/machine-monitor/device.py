"""What the example's two devices share: their options, and a connection to the core over mutual TLS."""

import argparse
import os
import signal
import socket
import ssl
import sys
import threading

try:
    import paho.mqtt.client as mqtt
except ImportError:
    mqtt = None

CONNECT_WITHIN = 10  # seconds, from TCP's connection to MQTT's


class DeviceError(Exception):
    """Why the device cannot work; a sentence for a person, with the next step."""


def parser(name, description):
    """The options both devices have."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument('--host', default='localhost', help='where the core is (default: localhost)')
    options.add_argument('--port', type=int, default=8883, help="the core's MQTT port (default: 8883)")
    options.add_argument('--ca', required=True, metavar='FILE', help="the group CA's certificate")
    options.add_argument('--cert', required=True, metavar='FILE', help="this device's certificate")
    options.add_argument('--key', required=True, metavar='FILE', help="this device's private key")
    options.add_argument('--name', default=name, help='thing name and MQTT client ID (default: %(default)s)')
    return options


class Device:
    """A connection that mends itself once it has been made, until `stop` is set by a signal or an error."""

    def __init__(self, options, subscribe=None, receive=None):
        if mqtt is None or not hasattr(mqtt, 'CallbackAPIVersion'):
            raise DeviceError('a device needs the Python package paho-mqtt, 2.0 or later: pip install paho-mqtt')
        self.options = options
        self.stop = threading.Event()
        self._topics = subscribe or []
        self._receive = receive
        self._answered = threading.Event()
        self._refusal = None
        self._was_connected = False
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=options.name)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._message
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop.set())

    def __enter__(self):
        self._secure()
        self._connect()
        return self

    def __exit__(self, *_):
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic, payload):
        """Sends a message; one that cannot be sent now is lost, as sensors' readings may be."""
        if self._client.is_connected():
            self._client.publish(topic, payload, qos=0)

    def _secure(self):
        for what, path in (('certificate of the group CA', self.options.ca), ('certificate', self.options.cert),
                           ('private key', self.options.key)):
            if not os.path.isfile(path):
                raise DeviceError(f"there is no {what} at {path}. 'greengrassd init' makes the group CA, "
                                  f"'greengrassd device add {self.options.name}' a device's certificate and key.")
            if not os.access(path, os.R_OK):
                raise DeviceError(f'the {what} at {path} may not be read by this user.')
        try:
            context = ssl.create_default_context(cafile=self.options.ca)
            context.load_cert_chain(self.options.cert, self.options.key)
        except ssl.SSLError as error:
            raise DeviceError(f'{self.options.cert} and {self.options.key} are no certificate and key that belong '
                              f'together, or {self.options.ca} is no certificate: {error}')
        self._client.tls_set_context(context)

    def _connect(self):
        place = f'{self.options.host}:{self.options.port}'
        try:
            self._client.connect(self.options.host, self.options.port, keepalive=30)
        except ssl.SSLCertVerificationError as error:
            raise DeviceError(f'the core at {place} shows a certificate that the CA in {self.options.ca} did not make '
                              f'for the name {self.options.host}: {error.verify_message}')
        except ssl.SSLError as error:
            raise DeviceError(f'the TLS handshake with {place} failed: {error}')
        except socket.gaierror as error:
            raise DeviceError(f'there is no host {self.options.host}: {error.strerror}')
        except OSError as error:
            raise DeviceError(f"no core answers at {place} ({error.strerror or error}). Is it running? "
                              "'greengrassd status' tells, 'greengrassd start' starts it.")
        self._client.loop_start()
        answered = self._answered.wait(CONNECT_WITHIN)
        if not self._was_connected:
            self._client.disconnect()
            self._client.loop_stop()
            if not answered:
                raise DeviceError(f'the core at {place} did not answer within {CONNECT_WITHIN} s.')
            raise DeviceError(f"the core at {place} does not accept this device ({self._refusal}). Is '"
                              f"{self.options.name}' with this certificate in the deployed group? The core's "
                              'log (ggc/var/log/system/runtime.log) tells.')
        print(f'{self.options.name}: connected to {place}', file=sys.stderr, flush=True)

    def _connected(self, client, _data, _flags, reason, _properties):
        if reason.is_failure:
            self._refusal = str(reason)
            self._answered.set()
            return
        for topic in self._topics:
            client.subscribe(topic, qos=0)
        if self._was_connected:
            print(f'{self.options.name}: connected again', file=sys.stderr, flush=True)
        self._was_connected = True
        self._answered.set()

    def _disconnected(self, _client, _data, _flags, reason, _properties):
        if not self._was_connected:
            self._refusal = self._refusal or 'it closed the connection'
            self._answered.set()
        elif not self.stop.is_set() and reason.is_failure:
            print(f'{self.options.name}: the connection is lost ({reason}); trying again', file=sys.stderr, flush=True)

    def _message(self, _client, _data, message):
        try:
            self._receive(message.topic, message.payload)
        except ValueError as error:
            print(f'{self.options.name}: not understood on {message.topic}: {error}', file=sys.stderr, flush=True)


def run(main):
    """Runs a device's `main`; an error is one line on standard error and exit code 1."""
    try:
        main()
    except DeviceError as error:
        sys.exit(f'error: {error}')
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
