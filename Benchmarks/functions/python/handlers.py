"""The Python functions of `make bench-functions`."""

import json
import os
import time

import greengrasssdk

client = greengrasssdk.client('iot-data')
functions = greengrasssdk.client('lambda')


def echo(event, context):
    """Sends the event back."""
    topic = context.client_context.custom['subject'].replace('/in', '/out')
    client.publish(topic=topic, payload=json.dumps(event))


def entry(event, context):
    """Tells when it began, and ends the process."""
    began = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    client.publish(topic='bench/Cold/out', payload=str(began))
    os._exit(0)


def empty(event, context):
    return None


def busy(event, context):
    """Works for 100 microseconds."""
    until = time.perf_counter_ns() + 100_000
    while time.perf_counter_ns() < until:
        pass


def answer(event, context):
    return event


def caller(event, context):
    """Invokes another function as often as it is told, and publishes the microseconds of each call."""
    times = []
    for number in range(event['count']):
        began = time.perf_counter_ns()
        functions.invoke(FunctionName=event['function'], InvocationType='RequestResponse', Payload=b'{"number":1}')
        times.append(round((time.perf_counter_ns() - began) / 1000))
    client.publish(topic='bench/Caller/out', payload=json.dumps(times))
