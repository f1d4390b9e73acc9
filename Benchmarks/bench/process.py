"""One broker's process: pinned, waited for, measured and ended."""

import os
import pathlib
import resource
import shutil
import socket
import subprocess
import time

from .places import BROKER_CPU, Failure

PATIENCE = 20  # seconds
# 5,000 clients and what a broker opens besides.
FILES = 16384


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """The processes that a process has started and that still run."""
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def kilobytes(pid, field="Pss"):
    """A field of a process's smaps_rollup (proc(5)); Pss is the proportional set size."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise Failure(f"process {pid} has no {field}")


def allow_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


class Process:
    def __init__(self, command, log, ports):
        self.log = log
        pinned = ["taskset", "-c", BROKER_CPU, *[str(word) for word in command]]
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                pinned, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=allow_files)
        try:
            for port in ports:
                self.wait_for(port)
        except Failure:
            self.stop()
            raise

    @property
    def pid(self):
        return self.child.pid

    def wait_for(self, port):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.child.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        said = pathlib.Path(self.log).read_text(errors="replace")[-2000:]
        raise Failure(f"{self.child.args[3]} does not listen on port {port}:\n{said}")

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not found:
        raise Failure(f"there is no {name}: scripts/setup bench installs it")
    return found
