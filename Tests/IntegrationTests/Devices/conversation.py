"""What the test devices share: they say on standard output what happened, one line each, and take commands on
standard input.

    connected                       the core has accepted the connection
    refused<TAB>reason              it has not
    subscribed<TAB>filter           SUBACK has arrived
    message<TAB>topic<TAB>payload   a message has arrived (payload as UTF-8 text)
    disconnected                    the connection has ended

    publish<TAB>topic<TAB>payload   answered with `published` once the core has acknowledged it, where QoS is not 0
    retain<TAB>topic<TAB>payload    the same, to be retained

With --details a payload is reported as `qos retain payload`, for instance `1 0 hello`.
"""

import argparse
import sys
import threading

_output = threading.Lock()


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("host", "ca", "certificate", "key", "client-id"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--subscribe", action="append", default=[])
    parser.add_argument("--qos", type=int, default=0, help="of what it subscribes to and publishes")
    parser.add_argument("--persistent", action="store_true", help="clean session 0")
    parser.add_argument("--will", metavar="TOPIC=PAYLOAD")
    parser.add_argument("--details", action="store_true")
    return parser.parse_args()


def report(*words):
    line = "\t".join(str(word).replace("\n", " ") for word in words)
    with _output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def received(topic, payload):
    report("message", topic, payload.decode("utf-8", "backslashreplace"))


def commands():
    """(topic, payload, retain) of every command, until standard input ends."""
    for line in iter(sys.stdin.readline, ""):
        word, topic, payload = line.rstrip("\n").split("\t", 2)
        yield topic, payload, word == "retain"
