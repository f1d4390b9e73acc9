"""A device on paho-mqtt."""

import queue
import ssl
import sys
import threading

import paho.mqtt.client as mqtt

import conversation

options = conversation.arguments()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=options.client_id, protocol=mqtt.MQTTv311,
                     clean_session=not options.persistent)
client.tls_set(options.ca, options.certificate, options.key, cert_reqs=ssl.CERT_REQUIRED)
answered = threading.Event()
accepted = threading.Event()
subscribed = threading.Semaphore(0)


def on_connect(_client, _data, _flags, reason, _properties):
    if reason.is_failure:
        conversation.report("refused", reason)
    else:
        accepted.set()
        conversation.report("connected")
    answered.set()


def on_disconnect(_client, _data, _flags, reason, _properties):
    conversation.report("disconnected" if accepted.is_set() else "refused", reason)
    answered.set()


client.on_connect = on_connect
client.on_disconnect = on_disconnect
asked = queue.SimpleQueue()


def on_subscribe(*_):
    # Said on the network's thread: messages that come right after SUBACK are told after it.
    conversation.report("subscribed", asked.get())
    subscribed.release()


client.on_subscribe = on_subscribe


def on_message(_client, _data, message):
    details = b"%d %d " % (message.qos, message.retain) if options.details else b""
    conversation.received(message.topic, details + message.payload)


client.on_message = on_message
if options.will:
    client.will_set(*options.will.split("=", 1), qos=options.qos)
try:
    client.connect(options.host, options.port, keepalive=60)
except (OSError, ssl.SSLError) as error:
    conversation.report("refused", repr(error))
    sys.exit(1)
client.loop_start()
answered.wait()
if not accepted.is_set():
    sys.exit(1)
for topic in options.subscribe:
    asked.put(topic)
    client.subscribe(topic, options.qos)
    subscribed.acquire()
for topic, payload, retain in conversation.commands():
    client.publish(topic, payload, options.qos, retain).wait_for_publish()
    if options.qos > 0:
        conversation.report("published")
client.disconnect()
client.loop_stop()
