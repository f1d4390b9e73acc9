"""What the test devices share: they say on standard output what happened, one line each, and take commands on
standard input.

    connected                       the core has accepted the connection
    refused<TAB>reason              it has not
    subscribed<TAB>filter           SUBACK has arrived
    message<TAB>topic<TAB>payload   a message has arrived (payload as UTF-8 text)
    disconnected                    the connection has ended

    publish<TAB>topic<TAB>payload
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
    return parser.parse_args()


def report(*words):
    line = "\t".join(str(word).replace("\n", " ") for word in words)
    with _output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def received(topic, payload):
    report("message", topic, payload.decode("utf-8", "backslashreplace"))


def commands():
    """(topic, payload) of every publish command, until standard input ends."""
    for line in iter(sys.stdin.readline, ""):
        word, topic, payload = line.rstrip("\n").split("\t", 2)
        if word == "publish":
            yield topic, payload
