"""A stand-in for AWS IoT's message broker, as strict as that is: it disconnects without a word whoever sends QoS 2,
retained messages, more than 128 KB, topics of more than 7 slashes or 256 bytes, more than 8 filters in a SUBSCRIBE or
more than 50 on a connection, or connects with a client ID that is connected already (the older one goes).

It says on standard output what happened, one line each, words separated by tabs:

    listening PORT
    connected ID CLEAN KEEPALIVE ALPN
    subscribed ID FILTER QOS
    message ID TOPIC QOS PAYLOAD       a PUBLISH; the payload is shown up to 200 bytes
    confirmed ID COUNT                 PUBACKs sent so far on all connections
    violation ID REASON                why it was disconnected
    closed ID

and takes commands on standard input:

    delay MS            PUBACKs are sent so much later
    most N              no more than N PUBLISHes of one connection were unconfirmed at a time: says `most N`
    silent on|off       nothing is read, answered or closed any more: every connection is half open
    mute ID             this client's PUBLISHes are not confirmed, but its pings are answered
    refuse on|off       new connections are closed at once
    cut                 closes every connection
    fight ID N          closes the next N connections of this ID 0.2 s after CONNACK, as another client's CONNECT would
    poison TOPIC        disconnects whoever publishes to the topic
    reset on|off        connections are closed with a reset (RST), with which what is under way is lost
    deny FILTER         answers this filter with 0x80
    connack CODE        answers the next CONNECTs with this code; 0 ends it
    send TOPIC QOS TEXT sends a message to whoever has subscribed
"""

import argparse
import asyncio
import socket
import ssl
import struct
import sys

LARGEST = 131_072


def report(*words):
    sys.stdout.write("\t".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def matches(pattern, topic):
    if topic.startswith("$") and pattern[0] in "+#":
        return False
    levels, words = pattern.split("/"), topic.split("/")
    for index, level in enumerate(levels):
        if level == "#":
            return True
        if index >= len(words) or level not in ("+", words[index]):
            return False
    return len(levels) == len(words)


class Violation(Exception):
    pass


class Cloud:
    def __init__(self):
        self.clients = {}
        self.delay = 0
        self.most = 0
        self.heard = asyncio.Event()
        self.heard.set()
        self.refuses = False
        self.resets = False
        self.fights = {}
        self.poison = set()
        self.denied = set()
        self.muted = set()
        self.code = 0
        self.confirmed = 0

    async def accept(self, reader, writer):
        if self.refuses:
            writer.transport.abort()
            return
        client = Client(self, reader, writer)
        try:
            await client.run()
        except Violation as reason:
            report("violation", client.name, reason)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, TimeoutError):
            pass
        if self.clients.get(client.name) is client:
            del self.clients[client.name]
        client.close()
        report("closed", client.name)

    def command(self, line):
        words = line.split("\t") if "\t" in line else line.split(" ")
        word = words[0]
        if word == "delay":
            self.delay = int(words[1]) / 1000
        elif word == "most":
            report("most", self.most)
        elif word == "silent":
            self.heard.clear() if words[1] == "on" else self.heard.set()
        elif word == "mute":
            self.muted.add(words[1])
        elif word == "refuse":
            self.refuses = words[1] == "on"
        elif word == "reset":
            self.resets = words[1] == "on"
        elif word == "cut":
            for client in list(self.clients.values()):
                client.close()
        elif word == "fight":
            self.fights[words[1]] = int(words[2])
        elif word == "poison":
            self.poison.add(words[1])
        elif word == "deny":
            self.denied.add(words[1])
        elif word == "connack":
            self.code = int(words[1])
        elif word == "send":
            for client in list(self.clients.values()):
                client.send(words[1], int(words[2]), words[3].encode())
        else:
            report("unknown command", line)


class Client:
    def __init__(self, cloud, reader, writer):
        self.cloud, self.reader, self.writer = cloud, reader, writer
        self.name = "?"
        self.filters = {}
        self.unconfirmed = 0
        self.identifier = 0

    def close(self):
        if self.cloud.resets:
            no_time = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)
        self.writer.transport.abort()

    def write(self, first, body):
        length, size = b"", len(body)
        while True:
            size, digit = divmod(size, 128)
            length += bytes([digit | (128 if size else 0)])
            if not size:
                break
        self.writer.write(bytes([first]) + length + body)

    async def packet(self):
        first = (await self.reader.readexactly(1))[0]
        size = shift = 0
        while True:
            byte = (await self.reader.readexactly(1))[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        body = await self.reader.readexactly(size)
        await self.cloud.heard.wait()
        return first, body

    async def run(self):
        first, body = await self.packet()
        if first != 0x10 or body[:7] != b"\x00\x04MQTT\x04":
            raise Violation("no CONNECT of MQTT 3.1.1")
        flags, keep_alive = body[7], int.from_bytes(body[8:10], "big")
        if flags & 0x20:
            raise Violation("a retained will")
        size = int.from_bytes(body[10:12], "big")
        self.name = body[12:12 + size].decode()
        if self.cloud.code:
            self.write(0x20, bytes([0, self.cloud.code]))
            await self.writer.drain()
            return
        older = self.cloud.clients.get(self.name)
        self.cloud.clients[self.name] = self
        if older:
            older.close()
        self.write(0x20, b"\x00\x00")
        alpn = self.writer.get_extra_info("ssl_object").selected_alpn_protocol()
        report("connected", self.name, flags >> 1 & 1, keep_alive, alpn or "-")
        if self.cloud.fights.get(self.name, 0) > 0:
            self.cloud.fights[self.name] -= 1
            asyncio.get_running_loop().call_later(0.2, self.close)
        while True:
            # AWS IoT disconnects after one and a half times the keep-alive.
            first, body = await asyncio.wait_for(self.packet(), keep_alive * 1.5)
            kind = first >> 4
            if kind == 3:
                self.published(first, body)
            elif kind == 8:
                self.subscribed(body)
            elif kind == 12:
                self.write(0xD0, b"")
            elif kind == 14:
                return
            elif kind != 4:
                raise Violation(f"a packet of type {kind}")

    def published(self, first, body):
        qos, retain = first >> 1 & 3, first & 1
        size = int.from_bytes(body[:2], "big")
        topic = body[2:2 + size].decode()
        identifier = body[2 + size:4 + size] if qos else b""
        payload = body[2 + size + len(identifier):]
        if qos > 1:
            raise Violation("QoS 2")
        if retain:
            raise Violation("a retained message")
        if len(payload) > LARGEST:
            raise Violation(f"a payload of {len(payload)} bytes")
        if topic.count("/") > 7 or len(topic.encode()) > 256:
            raise Violation(f"the topic {topic}")
        if topic in self.cloud.poison:
            raise Violation(f"not allowed to publish to {topic}")
        report("message", self.name, topic, qos, payload[:200].decode("utf-8", "backslashreplace"))
        if qos and self.name not in self.cloud.muted:
            self.unconfirmed += 1
            self.cloud.most = max(self.cloud.most, self.unconfirmed)
            asyncio.get_running_loop().call_later(self.cloud.delay, self.confirm, identifier)

    def confirm(self, identifier):
        if not self.cloud.heard.is_set():
            return
        self.unconfirmed -= 1
        self.cloud.confirmed += 1
        self.write(0x40, identifier)

    def subscribed(self, body):
        identifier, rest, answers = body[:2], body[2:], b""
        count = 0
        while rest:
            size = int.from_bytes(rest[:2], "big")
            pattern, qos = rest[2:2 + size].decode(), rest[2 + size]
            rest = rest[3 + size:]
            count += 1
            if qos > 1:
                raise Violation("a subscription with QoS 2")
            if pattern.count("/") > 7:
                raise Violation(f"the filter {pattern}")
            if pattern in self.cloud.denied:
                answers += b"\x80"
                continue
            self.filters[pattern] = qos
            answers += bytes([qos])
            report("subscribed", self.name, pattern, qos)
        if count > 8:
            raise Violation(f"{count} filters in a SUBSCRIBE")
        if len(self.filters) > 50:
            raise Violation("more than 50 subscriptions")
        self.write(0x90, identifier + answers)

    def send(self, topic, qos, payload):
        granted = [granted for pattern, granted in self.filters.items() if matches(pattern, topic)]
        if not granted:
            return
        qos = min(qos, max(granted))
        name = topic.encode()
        self.identifier = self.identifier % 65_535 + 1
        number = self.identifier.to_bytes(2, "big") if qos else b""
        self.write(0x30 | qos << 1, len(name).to_bytes(2, "big") + name + number + payload)


async def main():
    parser = argparse.ArgumentParser()
    for name in ("ca", "certificate", "key"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--alpn", action="store_true")
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    context.load_verify_locations(options.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    if options.alpn:
        context.set_alpn_protocols(["x-amzn-mqtt-ca"])
    cloud = Cloud()
    server = await asyncio.start_server(cloud.accept, "127.0.0.1", options.port, ssl=context)
    report("listening", server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            return
        cloud.command(line.rstrip("\n"))


asyncio.run(main())
