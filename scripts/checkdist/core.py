"""A core installed from the archive of one architecture, in a folder of its own."""

import os
import pathlib
import re
import socket
import subprocess
import time

from .devices import PATIENCE, Device
from .places import Failure, archive

# Functions run as another user: an interpreter in somebody's home folder is not theirs to run.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def free_port():
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.bind(("::", 0))
        return probe.getsockname()[1]


class Core:
    def __init__(self, architecture, emulator, work):
        self.emulator = emulator
        self.root = pathlib.Path(work) / "greengrass"
        subprocess.run(["tar", "-xzf", archive(architecture), "-C", work], check=True)
        self.program = self.root / "ggc" / "core" / "greengrassd"
        self.port = free_port()
        self.environment = {"PATH": PATH, "HOME": "/root"}
        self.certificates = {}

    def command(self, *words):
        return [*self.emulator, str(self.program), "--root", str(self.root), *words]

    def run(self, *words, expected=0):
        try:
            result = subprocess.run(
                self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, env=self.environment, timeout=PATIENCE)
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
            raise Failure(f"greengrassd {' '.join(words)} does not end, or leaves its output open:\n{said}") from None
        if expected is not None and result.returncode != expected:
            raise Failure(f"greengrassd {' '.join(words)} ended with {result.returncode}, not {expected}:\n{result.stdout}")
        return result.stdout

    def initialize(self, devices):
        self.run("init", "--thing", "check-dist_Core", "--mqtt-port", str(self.port), "--daemon-port", str(free_port()))
        for name in devices:
            said = self.run("device", "add", name)
            match = re.search(r"cert/([0-9a-f]{64})", said)
            if not match:
                raise Failure(f"greengrassd device add {name} printed no certificate:\n{said}")
            self.certificates[name] = match[1]

    def device(self, name):
        folder = self.root / "certs" / "devices"
        return Device(name, self.port, folder / f"{name}.cert.pem", folder / f"{name}.private.key",
                      self.root / "certs" / "group-ca" / "ca.crt")

    def log(self):
        path = self.root / "ggc" / "var" / "log" / "system" / "runtime.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def await_log(self, text):
        """Fails unless the log comes to hold a text; the daemon may write it a moment after the client has its answer."""
        until = time.monotonic() + 10
        while text not in self.log():
            if time.monotonic() > until:
                raise Failure(f"the log does not tell of {text}")
            time.sleep(0.1)

    def processes(self):
        """Every process that has to do with this root, by number."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")[:-1]
                environment = (entry / "environ").read_bytes()
                program = os.readlink(entry / "exe")
            except OSError:
                continue
            root = str(self.root).encode()
            if any(root in word for word in words) or root in environment or program.startswith(str(self.root)):
                found[int(entry.name)] = (program, [word.decode(errors="replace") for word in words])
        return found

    def daemons(self):
        """The supervisor and the core: those of our processes that run greengrassd itself."""
        return {number: (program, words) for number, (program, words) in self.processes().items()
                if str(self.program) in words or os.path.basename(program) == "greengrassd"}

    def check_processor(self):
        """Fails unless supervisor and core run under the stated processor: emulated so, or this machine's own."""
        daemons = self.daemons()
        if len(daemons) < 2:
            raise Failure(f"a supervisor and a core were to run, and there are {daemons}")
        for number, (program, words) in daemons.items():
            if self.emulator:
                right = words[: len(self.emulator)] == self.emulator or (
                    os.path.basename(program) == self.emulator[0] and words[1: len(self.emulator)] == self.emulator[1:])
            else:
                right = os.path.realpath(self.program) == program
            if not right:
                raise Failure(f"process {number} does not run under {' '.join(self.emulator) or 'this machine'}: {words}")

    def check_nothing_left(self):
        until = time.monotonic() + 10
        while self.processes():
            if time.monotonic() > until:
                raise Failure(f"after stop, these processes are left: {self.processes()}")
            time.sleep(0.1)
