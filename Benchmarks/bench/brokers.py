"""The brokers that are compared. Each starts one process (ours with a group: two) and says where it listens."""

import subprocess

from .places import PROGRAM
from .process import Process, children, free_port, kilobytes, program


class Broker:
    """A running broker; `tls` is the port of its TLS listener where it has one."""

    name = ""

    def __init__(self, work):
        self.work = work / self.name
        self.work.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.port = self.tls = None

    def begin(self, command, ports):
        self.process = Process(command, self.work / "log", ports)

    @property
    def pid(self):
        """The process that handles messages."""
        return self.process.pid

    def memory(self):
        """Proportional kilobytes of all its processes."""
        return kilobytes(self.pid)

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None


class Mosquitto(Broker):
    name = "mosquitto"
    settings = ""

    def start(self, root=None):
        self.port = free_port()
        # Root reads the key; nothing is kept on the disk.
        lines = ["user root", "persistence false", "allow_anonymous true", self.settings,
                 f"listener {self.port} 127.0.0.1"]
        ports = [self.port]
        if root:
            self.tls = free_port()
            ports.append(self.tls)
            server = root.server
            lines += [f"listener {self.tls} 127.0.0.1", f"cafile {root.credentials / 'ca.crt'}",
                      f"certfile {server / 'server.crt'}", f"keyfile {server / 'server.key'}", "require_certificate true"]
        configuration = self.work / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n")
        self.begin([program("mosquitto"), "-c", configuration], ports)

    @staticmethod
    def version():
        said = subprocess.run([program("mosquitto"), "-h"], capture_output=True, text=True).stdout
        return said.splitlines()[0].removeprefix("mosquitto version ")


class MosquittoNoDelay(Mosquitto):
    """With Nagle's algorithm off, which stalls messages of the default one."""

    name = "mosquitto-nodelay"
    settings = "set_tcp_nodelay true"


class Nats(Broker):
    name = "nats-server"

    def start(self, root=None):
        self.port = free_port()
        configuration = self.work / "nats.conf"
        # MQTT needs a name and a store; monitoring and the rest are off, as they are by default.
        configuration.write_text(f"""
host: 127.0.0.1
port: {free_port()}
server_name: bench
jetstream {{ store_dir: "{self.work / 'store'}" }}
mqtt {{ host: 127.0.0.1, port: {self.port} }}
""")
        self.begin([program("nats-server"), "-c", configuration], [self.port])

    @staticmethod
    def version():
        said = subprocess.run([program("nats-server"), "--version"], capture_output=True, text=True).stdout
        return said.strip().removeprefix("nats-server: v")


class Perennial(Broker):
    """Ours as a broker alone: `greengrassd broker`, without a group."""

    name = "perennial"

    def start(self, root=None):
        self.port = self.tls = free_port()
        command = [PROGRAM, "broker", "--port", self.port]
        if root:
            server = root.server
            command += ["--tls-cert", server / "server.crt", "--tls-key", server / "server.key",
                        "--tls-client-ca", root.credentials / "ca.crt"]
        self.begin(command, [self.port])


class PerennialCore(Broker):
    """Ours as a core: a group, its subscription table, TLS with client certificates."""

    name = "perennial-core"

    def start(self, root=None):
        self.tls = root.port
        self.begin([PROGRAM, "--root", root.path, "start", "--foreground", "-i"], [self.tls])

    @property
    def pid(self):
        """The core is the supervisor's only child as long as there are no functions."""
        return children(self.process.pid)[0]

    def memory(self):
        return kilobytes(self.process.pid) + kilobytes(self.pid)
