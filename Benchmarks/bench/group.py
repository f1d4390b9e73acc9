"""A core with a real group: its root, its devices' certificates, and groups with the rows a workload needs."""

import json
import os
import re
import subprocess

from .places import PROGRAM, Failure

ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}


def device_name(number):
    """As the load generator names its clients."""
    return f"d{number:04}"


class Root:
    """A greengrass-root; devices are added as they are asked for."""

    program = PROGRAM

    def __init__(self, work, port, daemon_port):
        self.path = work / "greengrass"
        self.folder = work / "group"
        self.port = port
        self.elements = []
        self.path.mkdir(exist_ok=True)
        self.run("init", "--thing", "bench_Core", "--mqtt-port", str(port), "--daemon-port", str(daemon_port))
        self.credentials = self.path / "certs" / "devices"
        self.server = self.path / "ggc" / "var" / "state" / "server"
        self.need_devices(1)
        # The load generator looks for everything in one folder.
        os.symlink(self.path / "certs" / "group-ca" / "ca.crt", self.credentials / "ca.crt")

    def run(self, *words):
        command = [str(self.program), "--root", str(self.path), *words]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENVIRONMENT)
        if result.returncode != 0:
            raise Failure(f"greengrassd {' '.join(words)} failed:\n{result.stdout}{result.stderr}")
        return result.stdout

    def need_devices(self, count):
        while len(self.elements) < count:
            said = self.run("device", "add", device_name(len(self.elements)))
            element = re.search(r"^\{.*^\}", said, re.MULTILINE | re.DOTALL)
            if not element:
                raise Failure(f"device add printed no element for the group:\n{said}")
            self.elements.append(json.loads(element[0]))

    def thing(self, number):
        return self.elements[number]["ThingArn"]

    def deploy(self, devices, rows):
        """A group of the first devices, with rows (source, subject, target) between their numbers."""
        self.need_devices(devices)
        group = {
            "Name": "bench",
            "Devices": self.elements[:devices],
            "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
            "Functions": [],
            "Subscriptions": [
                {"Id": f"row{index}", "Source": self.thing(source), "Subject": subject, "Target": self.thing(target)}
                for index, (source, subject, target) in enumerate(rows)
            ],
        }
        self.folder.mkdir(exist_ok=True)
        (self.folder / "group.json").write_text(json.dumps(group))
        self.run("deploy", str(self.folder))
        # The first start makes the server's certificates, which the other brokers show too.
        self.run("start", "-i")
        self.run("stop")


def fan_rows(subscribers):
    return [(0, "bench/topic", number) for number in range(1, subscribers + 1)]


def ring_rows(devices):
    return [(number, f"bench/{number:04}/data", (number + 1) % devices) for number in range(devices)]


def hold_rows(devices):
    return [(number, f"bench/tls/{number:04}", number) for number in range(devices)]


def table_rows(count):
    return [(0, f"rows/{number:05}/value", 1) for number in range(count)]
