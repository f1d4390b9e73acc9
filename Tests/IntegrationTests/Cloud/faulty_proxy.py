"""A TCP proxy that does to connections what bad networks do. With --connect it is an HTTP proxy that lets every CONNECT
through to its one target, and says `asked HOST:PORT`. Says `listening PORT`, `connection` for each one, `cut` for
each one that it cut, `stalled`; takes commands on standard input:

    cut           every connection is reset, and new ones are closed at once
    stall         no byte goes either way any more; the connections stay, and new ones hang likewise
    slow BYTES    so many bytes a second at most, each way
    flap SECONDS  every connection is reset when it is so old
    heal          a good network again (what was cut stays cut)
"""

import argparse
import asyncio
import ssl
import sys


def report(*words):
    sys.stdout.write("\t".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


class Network:
    def __init__(self, target, is_http):
        self.target = target
        self.is_http = is_http
        self.moves = asyncio.Event()
        self.moves.set()
        self.is_cut = False
        self.rate = 0
        self.life = 0
        self.writers = set()

    async def accept(self, reader, writer):
        report("connection")
        if self.is_cut:
            writer.transport.abort()
            return
        await self.moves.wait()
        if self.is_http:
            head = await reader.readuntil(b"\r\n\r\n")
            report("asked", head.split()[1].decode())
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        self.writers.update(ends)
        if self.life:
            asyncio.get_running_loop().call_later(self.life, self.reset, ends)
        await asyncio.gather(self.move(reader, far_writer), self.move(far_reader, writer))
        self.reset(ends, silently=True)

    def reset(self, ends, silently=False):
        if not silently and ends[0] in self.writers:
            report("cut")
        for writer in ends:
            self.writers.discard(writer)
            writer.transport.abort()

    async def move(self, reader, writer):
        try:
            while True:
                size = 65_536 if not self.rate else max(1, self.rate // 10)
                data = await reader.read(size)
                await self.moves.wait()
                if not data:
                    break
                writer.write(data)
                await writer.drain()
                if self.rate:
                    await asyncio.sleep(len(data) / self.rate)
            writer.close()
        except (OSError, RuntimeError):
            writer.transport.abort()

    def command(self, words):
        if words[0] == "cut":
            self.is_cut = True
            for writer in list(self.writers):
                writer.transport.abort()
            self.writers.clear()
            report("cut")
        elif words[0] == "stall":
            self.moves.clear()
            report("stalled")
        elif words[0] == "slow":
            self.rate = int(words[1])
        elif words[0] == "flap":
            self.life = float(words[1])
        elif words[0] == "heal":
            self.is_cut, self.rate, self.life = False, 0, 0
            self.moves.set()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--connect", action="store_true")
    parser.add_argument("--certificate", help="with --key: the near end speaks TLS")
    parser.add_argument("--key")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    network = Network(("127.0.0.1", options.to), options.connect)
    server = await asyncio.start_server(network.accept, "127.0.0.1", 0, ssl=context)
    report("listening", server.sockets[0].getsockname()[1])
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            return
        network.command(line.split())


asyncio.run(main())
