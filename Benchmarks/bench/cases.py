"""What a workload is made of, and how it is run."""

import dataclasses
import json
import pathlib
import subprocess
import tempfile
import time
from collections.abc import Callable

from .group import Root
from .places import BENCHMARKS, LOAD_CPU, REPOSITORY, Failure
from .process import free_port

LOAD = REPOSITORY / ".build" / "bench" / "load"
# Beyond a workload's own seconds; mosquitto may have many messages left to deliver when the publisher stops.
PATIENCE = 90


@dataclasses.dataclass(frozen=True)
class Group:
    """A group for our core; for other brokers over TLS, only its certificates."""

    key: str
    devices: int
    rows: tuple


@dataclasses.dataclass(frozen=True)
class Case:
    """One broker under one load."""

    label: str
    broker: type
    load: tuple
    group: Group | None = None


@dataclasses.dataclass(frozen=True)
class Target:
    """A measure of one case against a bound, or against a factor of another case's measure."""

    text: str
    value: Callable
    limit: float
    at_least: bool = True

    def holds(self, value):
        return value >= self.limit if self.at_least else value <= self.limit


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    cases: tuple
    columns: tuple
    targets: tuple
    # Each measurement with a broker that was just started.
    fresh: bool = False
    most_rounds: int = 99
    # Turns the load generator's answer into what the columns show.
    derive: Callable = lambda result: result


def build_load():
    """Compiles the load generator; it takes two seconds."""
    LOAD.parent.mkdir(parents=True, exist_ok=True)
    sources = [str(path) for path in sorted((BENCHMARKS / "load").glob("*.c"))]
    command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(LOAD), *sources, "-lssl", "-lcrypto"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failure(f"the load generator does not compile:\n{result.stderr}")


class Bench:
    """Runs workloads in a folder of its own, which it removes."""

    def __init__(self, rounds, tell):
        self.rounds = rounds
        self.tell = tell
        self.temporary = tempfile.TemporaryDirectory(prefix="perennial-bench.")
        self.work = pathlib.Path(self.temporary.name)
        # The core gives root up, and reads what is in there then.
        self.work.chmod(0o755)
        self.roots = {}

    def close(self):
        self.temporary.cleanup()

    def root(self, group):
        if group is None:
            return None
        if group.key not in self.roots:
            self.tell(f"making {group.devices} devices and {len(group.rows)} subscriptions ({group.key})")
            folder = self.work / group.key
            folder.mkdir()
            root = Root(folder, free_port(), free_port())
            root.deploy(group.devices, group.rows)
            self.roots[group.key] = root
        return self.roots[group.key]

    def start(self, case):
        key = case.group.key if case.group else "plain"
        broker = case.broker(self.work / "brokers" / key)
        broker.start(self.root(case.group))
        return broker

    def measure(self, case, broker):
        root = self.root(case.group)
        command = ["taskset", "-c", LOAD_CPU, str(LOAD), *case.load, "--pid", str(broker.pid)]
        command += ["--port", str(broker.tls if root else broker.port)]
        if root:
            command += ["--tls", str(root.credentials)]
        idle = self.idle(broker) if case.load[0] == "hold" else 0
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if result.returncode != 0:
            log = pathlib.Path(broker.process.log).read_text(errors="replace")[-2000:]
            raise Failure(f"{case.label}: {' '.join(command[3:])}\n{result.stdout}{result.stderr}\n{log}")
        return {**json.loads(result.stdout), "idle_kb": idle}

    @staticmethod
    def idle(broker):
        """What a broker has in memory that has started and has nothing to do for ten seconds."""
        time.sleep(10)
        return broker.memory()

    def run(self, workload):
        """Alternates between the cases; returns each case's results by its label."""
        results = {case.label: [] for case in workload.cases}
        running = {}
        try:
            if not workload.fresh:
                self.start_all(workload.cases, running)
            for round_number in range(min(self.rounds, workload.most_rounds)):
                # Nobody is always the first, or always behind the same other one.
                shift = round_number % len(workload.cases)
                for case in workload.cases[shift:] + workload.cases[:shift]:
                    self.one(workload, case, running, results)
        finally:
            for broker in running.values():
                broker.stop()
        return results

    def start_all(self, cases, running):
        for case in cases:
            key = (case.broker, case.group)
            if key not in running:
                running[key] = self.start(case)

    def one(self, workload, case, running, results):
        broker = running.get((case.broker, case.group)) or self.start(case)
        try:
            results[case.label].append(workload.derive(self.measure(case, broker)))
        finally:
            if workload.fresh:
                broker.stop()
