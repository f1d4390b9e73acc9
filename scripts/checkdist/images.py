"""Each image in a container engine: a core made, filled and started by it alone, and a message through it from outside."""

import pathlib
import re
import shutil
import subprocess
import time

from . import group
from .core import free_port
from .devices import PATIENCE, Device, exchange
from .places import Failure, image

PLATFORMS = {"armv6l": ["--platform", "linux/arm/v6", "--env", "QEMU_CPU=arm1176"], "x86_64": []}


class Container:
    """A volume as greengrass-root, filled by the image's own commands, and the container that runs on it."""

    def __init__(self, engine, flavour, architecture, work):
        self.engine = engine
        self.flavour = flavour
        self.architecture = architecture
        self.work = pathlib.Path(work)
        self.name = f"perennial-check-{flavour}-{architecture}"
        self.port = free_port()
        loaded = engine.run("load", "--input", image(flavour, architecture))
        self.image = re.search(r"Loaded image: (\S+)", loaded)[1]

    def once(self, *words, options=()):
        return self.engine.run(
            "run", "--rm", *PLATFORMS[self.architecture], "--volume", f"{self.name}:/greengrass", *options, self.image, *words)

    def prepare(self):
        self.engine.run("volume", "create", self.name)
        self.once("init", "--thing", "check-dist_Core")
        certificates = {}
        for name in group.DEVICES:
            certificates[name] = re.search(r"cert/([0-9a-f]{64})", self.once("device", "add", name))[1]
        folder = self.work / "group"
        make = group.with_function if self.flavour == "python" else group.without_function
        make(folder, certificates)
        self.once("deploy", "/group", options=["--volume", f"{folder}:/group:ro"])

    def start(self):
        self.engine.run(
            "run", "--detach", "--name", self.name, *PLATFORMS[self.architecture], "--volume", f"{self.name}:/greengrass",
            "--publish", f"{self.port}:8883", self.image, "start", "--foreground", "-i")
        until = time.monotonic() + PATIENCE
        while "listening on 8883" not in self.engine.run("logs", self.name):
            if time.monotonic() > until:
                raise Failure(f"the container does not say that it listens:\n{self.engine.run('logs', self.name)}")
            time.sleep(0.2)
        self.engine.run("cp", f"{self.name}:/greengrass/certs", self.work / "certs")

    def device(self, name):
        folder = self.work / "certs" / "devices"
        return Device(name, self.port, folder / f"{name}.cert.pem", folder / f"{name}.private.key",
                      self.work / "certs" / "group-ca" / "ca.crt")

    def check_processor(self):
        """On an emulated platform the engine's processes are qemu's, with the processor in their environment."""
        if self.architecture != "armv6l":
            return
        numbers = self.engine.run("top", self.name, "-eo", "pid").split()[1:]
        for number in numbers:
            program = pathlib.Path(f"/proc/{number}/exe").resolve().name
            environment = pathlib.Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
            if "qemu-arm" not in program or b"QEMU_CPU=arm1176" not in environment:
                raise Failure(f"process {number} of {self.name} runs {program}, not qemu-arm as an ARM1176")

    def end(self):
        self.engine.run("rm", "--force", self.name, check=False)
        self.engine.run("volume", "rm", "--force", self.name, check=False)
        self.engine.run("rmi", "--force", self.image, check=False)
        shutil.rmtree(self.work, ignore_errors=True)


def check(engine, flavour, architecture, work):
    """Returns a line for the report."""
    if architecture == "armv6l":
        engine.emulate_arm()
    container = Container(engine, flavour, architecture, work)
    try:
        container.prepare()
        container.start()
        container.check_processor()
        with_function = flavour == "python"
        took = exchange(
            container.device("sensor"), container.device("display"),
            group.SUMMARY if with_function else group.READINGS, group.READINGS_PER_SUMMARY if with_function else 1)
        begun = time.monotonic()
        engine.run("stop", "--time", "30", container.name)
        code = engine.run("inspect", "--format", "{{.State.ExitCode}}", container.name).strip()
        if code != "0":
            raise Failure(f"the container ended with {code}:\n{engine.run('logs', container.name)}")
        return f"{image(flavour, architecture).stat().st_size / 1e6:6.1f} MB, message {took:.2f} s, stop {time.monotonic() - begun:.1f} s"
    except Failure as failure:
        raise Failure(f"{failure}\nthe container said:\n{engine.run('logs', container.name, check=False)}") from None
    finally:
        container.end()
