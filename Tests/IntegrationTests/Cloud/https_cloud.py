"""A stand-in for AWS IoT's HTTPS endpoints: TLS with client certificates, one request a connection. With --alpn it serves
only who asks for a protocol of AWS IoT's port 443, as that does, and MQTT is one of them: then it waits for what comes.

It says on standard output what happened, one line each, words separated by tabs:

    listening PORT
    connection VERSION ALPN NAME         TLS stands; NAME is the common name in the client's certificate
    failed WHAT                          TLS or the connection broke
    request METHOD TARGET HOST ALPN
    silent ALPN                          the client closed without a byte

and takes commands on standard input:

    answer PREFIX STATUS    requests whose target begins so are answered with that status, not with 200
    say TEXT                every connection is answered with this text, whatever it asks, and closed
"""

import argparse
import socket
import ssl
import sys
import threading

MOST = 65_536
speaking = threading.Lock()


def report(*words):
    with speaking:
        sys.stdout.write("\t".join(str(word) for word in words) + "\n")
        sys.stdout.flush()


class Cloud:
    def __init__(self, context, wants_alpn):
        self.context = context
        self.wants_alpn = wants_alpn
        self.answers = []
        self.text = None

    def command(self, line):
        words = line.split(" ", 2)
        if words[0] == "answer":
            self.answers.insert(0, (words[1], int(words[2])))
        elif words[0] == "say":
            self.text = line.split(" ", 1)[1]
        report("done", words[0])

    def listen(self, listener):
        while True:
            descriptor, _ = listener.accept()
            threading.Thread(target=self.accept, args=(descriptor,), daemon=True).start()

    def accept(self, descriptor):
        # Not asyncio: that closes without the alert by which a client learns why.
        try:
            with self.context.wrap_socket(descriptor, server_side=True) as connection:
                self.serve(connection)
        except (OSError, ssl.SSLError) as reason:
            report("failed", type(reason).__name__)

    def serve(self, connection):
        alpn = connection.selected_alpn_protocol()
        subject = dict(pair[0] for pair in connection.getpeercert()["subject"])
        report("connection", connection.version(), alpn or "-", subject["commonName"])
        if self.wants_alpn and not alpn:
            return
        head = b""
        while b"\r\n\r\n" not in head and len(head) < MOST:
            piece = connection.recv(4096)
            if not piece:
                report("broken" if head else "silent", alpn or "-")
                return
            head += piece
        lines = head.decode().split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        report("request", method, target, headers["Host"], alpn or "-")
        if self.text is not None:
            connection.sendall(self.text.encode() + b"\r\n\r\n")
        else:
            status = next((status for prefix, status in self.answers if target.startswith(prefix)), 200)
            body = b'{"message": null}'
            answer = b"HTTP/1.1 %d Stand-in\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
            connection.sendall(answer)


def main():
    parser = argparse.ArgumentParser()
    for name in ("ca", "certificate", "key"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--alpn", action="store_true")
    parser.add_argument("--old", action="store_true", help="TLS 1.2 at most")
    options = parser.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    context.load_verify_locations(options.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    if options.alpn:
        context.set_alpn_protocols(["x-amzn-mqtt-ca", "x-amzn-http-ca"])
    if options.old:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    cloud = Cloud(context, options.alpn)
    listener = socket.create_server((options.host, options.port))
    threading.Thread(target=cloud.listen, args=(listener,), daemon=True).start()
    report("listening", listener.getsockname()[1])
    for line in sys.stdin:
        cloud.command(line.rstrip("\n"))


main()
