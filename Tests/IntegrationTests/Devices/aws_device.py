"""A device on the public AWSIoTPythonSDK, as the guide's device tutorial (test-comms.md) makes one."""

import sys

from AWSIoTPythonSDK.MQTTLib import AWSIoTMQTTClient

import conversation

options = conversation.arguments()
client = AWSIoTMQTTClient(options.client_id)
client.configureEndpoint(options.host, options.port)
client.configureCredentials(options.ca, options.key, options.certificate)
client.configureConnectDisconnectTimeout(10)
client.configureMQTTOperationTimeout(10)
client.onOffline = lambda: conversation.report("disconnected")
try:
    connected = client.connect()
except Exception as error:  # the SDK lets every kind through, from ssl's to its own
    connected = False
    conversation.report("refused", repr(error))
    sys.exit(1)
conversation.report("connected")
for topic in options.subscribe:
    client.subscribe(topic, options.qos, lambda _client, _data, message: conversation.received(message.topic, message.payload))
    conversation.report("subscribed", topic)
for topic, payload, _ in conversation.commands():
    # The SDK waits for PUBACK where there is one, and raises where it does not come.
    client.publish(topic, payload, options.qos)
    if options.qos > 0:
        conversation.report("published")
client.disconnect()
