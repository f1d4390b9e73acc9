"""What a message costs on its way through a handler: to a function that is not running, one that is, and in a flood."""

import json
import os
import statistics
import subprocess
import time

from ..cases import LOAD
from ..places import Failure
from ..process import program
from .core import Function, arn, tree_kilobytes
from .starts import verdict

PYTHON = "/usr/bin/python3"
REFERENCES = {"imports": "import json, logging, socket", "pass": "pass"}
COLD_STARTS, ROUND_TRIPS, CALLS = 10, 2000, 2000
FLOOD_SECONDS, FLOOD_RATE = 4, 40000
PAYLOAD = 100  # bytes
EVENT = json.dumps({"number": 1, "padding": "x" * (PAYLOAD - 30)})

# Runtime, the most that its round trip may take (milliseconds).
WARM = {"Native": 0.15, "Python": 0.4, "Node": 0.4}
FLOODS = ("Empty", "Busy")
FUNCTIONS = [
    Function("Native", "executable", "echo", "native", arguments="bench/Native/out"),
    Function("Python", "python3.7", "handlers.echo", "python"),
    Function("Node", "nodejs8.10", "index.handler", "node"),
    Function("Cold", "python3.7", "handlers.entry", "python", pinned=False),
    Function("Empty", "python3.7", "handlers.empty", "python"),
    Function("Busy", "python3.7", "handlers.busy", "python"),
    Function("Answer", "python3.7", "handlers.answer", "python"),
    Function("Caller", "python3.7", "handlers.caller", "python"),
]
# What the worker's loop would be without a core: the same handler, the same event.
BARE = """
import json, sys, time
sys.modules['greengrasssdk'] = type(sys)('greengrasssdk')
sys.modules['greengrasssdk'].client = lambda name: None
import handlers
handler, text = getattr(handlers, sys.argv[1]), sys.argv[2].encode()
count, began = 0, time.monotonic()
while time.monotonic() < began + 1:
    for _ in range(100):
        handler(json.loads(text.decode()), None)
    count += 100
print(count / (time.monotonic() - began))
"""


def milliseconds_of(command):
    """From before the start of a program until its end."""
    began = time.perf_counter_ns()
    pid = os.posix_spawn(command[0], command, {"PATH": "/usr/bin:/bin"})
    os.waitpid(pid, 0)
    return (time.perf_counter_ns() - began) / 1e6


class Handlers:
    """`spare` is how many workers wait for the first message of an on-demand function (`runtime.spareWorkers`)."""

    def __init__(self, core, spare=0):
        self.core = core
        self.spare = spare
        self.cold = {name: [] for name in ("ours", *REFERENCES)}
        self.spare_memory = []
        self.warm = {name: [] for name in WARM}
        self.calls = []
        self.rates = {name: [] for name in FLOODS}
        self.bare = {name: [] for name in FLOODS}

    def measure(self):
        self.core.set_spare_workers(self.spare)
        self.core.deploy_functions(FUNCTIONS, [function.name for function in FUNCTIONS])
        self.core.start()
        try:
            for function in FUNCTIONS:
                if function.is_pinned:
                    self.core.wait_until_ready(function.name)
            self.measure_cold()
            if not self.spare:
                self.measure_warm()
                self.measure_calls()
                self.measure_floods()
        finally:
            self.core.stop()

    def load(self, *words):
        command = [str(LOAD), *words, "--port", str(self.core.port), "--tls", str(self.core.credentials)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if result.returncode != 0:
            raise Failure(f"{' '.join(command)}\n{result.stdout}{result.stderr}\n{self.core.log()}")
        return json.loads(result.stdout)

    def measure_cold(self):
        """Each start has a new worker: the last one has ended, and those that the core keeps ready are ready."""
        for _ in range(COLD_STARTS):
            ready = ["Waiting"] * self.spare
            entry = self.core.wait_for(
                "Cold", lambda entry: [worker["state"] for worker in entry["workers"]] == ready, f"at {ready}")
            if self.spare:
                self.spare_memory.append(tree_kilobytes(entry["workers"][0]["pid"]))
            for name, code in REFERENCES.items():
                self.cold[name].append(milliseconds_of([PYTHON, "-c", code]))
            answer = self.load("echo", "--topic", "bench/Cold", "--count", "1", "--entry", "--size", str(PAYLOAD))
            self.cold["ours"].append(answer["entry"]["p50"] / 1000)

    def measure_warm(self):
        for name in WARM:
            words = ["--topic", f"bench/{name}", "--count", str(ROUND_TRIPS), "--size", str(PAYLOAD)]
            self.warm[name].append(self.load("echo", *words))

    def measure_calls(self):
        name = self.core.credentials / "d0000"
        command = [program("mosquitto_rr"), "-V", "mqttv311", "-p", str(self.core.port), "-i", "d0000", "-W", "60",
                   "--cafile", str(self.core.credentials / "ca.crt"), "--cert", f"{name}.cert.pem", "--key",
                   f"{name}.private.key", "-t", "bench/Caller/in", "-e", "bench/Caller/out", "-m",
                   json.dumps({"function": arn("Answer"), "count": CALLS})]
        said = subprocess.run(command, capture_output=True, text=True)
        if said.returncode != 0:
            raise Failure(f"{' '.join(command)}\n{said.stderr}\n{self.core.log()}")
        self.calls += json.loads(said.stdout)[CALLS // 10:]

    def measure_floods(self):
        for name in FLOODS:
            words = ["--topic", f"bench/{name}", "--rate", str(FLOOD_RATE), "--size", str(PAYLOAD)]
            self.load("flood", *words, "--seconds", "1")
            begin, began = self.handled(name), time.monotonic()
            self.load("flood", *words, "--seconds", str(FLOOD_SECONDS))
            self.rates[name].append((self.handled(name) - begin) / (time.monotonic() - began))
            said = subprocess.run([PYTHON, "-c", BARE, name.lower(), EVENT], cwd=self.core.folder / "python",
                                  check=True, capture_output=True, text=True)
            self.bare[name].append(float(said.stdout))

    def handled(self, name):
        entry = self.core.function(name)
        return entry["invocations"] - entry["queued"]

    def report_cold(self):
        yield "| | median ms | lowest | highest |"
        yield "|---|---|---|---|"
        titles = {"ours": "message to handler, in a container", **{
            name: f"`python3 -c '{code}'`" for name, code in REFERENCES.items()}}
        for name, title in titles.items():
            values = self.cold[name]
            yield f"| {title} | {statistics.median(values):.1f} | {min(values):.1f} | {max(values):.1f} |"
        yield ""
        ours = statistics.median(self.cold["ours"])
        if self.spare:
            yield verdict("at most `pass`", ours / statistics.median(self.cold["pass"]), 1)
            yield f"- a waiting worker takes {statistics.median(self.spare_memory):,.0f} kB (PSS)"
        else:
            yield verdict("at most 5 ms above the imports", ours - statistics.median(self.cold["imports"]), 5)
        yield ""

    def report(self):
        yield "## Warm round trip device → function → device, QoS 0, TLS\n"
        yield "| | p50 ms | p99 ms |"
        yield "|---|---|---|"
        middle = {name: statistics.median(result["p50"] for result in results) / 1000 for name, results in self.warm.items()}
        for name, results in self.warm.items():
            yield f"| {name} | {middle[name]:.3f} | {statistics.median(r['p99'] for r in results) / 1000:.3f} |"
        yield ""
        for name, limit in WARM.items():
            yield verdict(f"{name}: p50 at most {limit} ms", middle[name], limit)
        calls = sorted(self.calls)
        yield "\n## Direct invocation function → function (Python)\n"
        yield verdict("p50 at most 0.5 ms", statistics.median(calls) / 1000, 0.5)
        yield f"- p99 {calls[len(calls) * 99 // 100] / 1000:.3f} ms, {len(calls)} calls"
        yield f"\n## Events through one Python worker, {FLOOD_RATE:,} sent a second\n"
        yield "| handler | events a second | the bare loop (handler and JSON, no core) | share |"
        yield "|---|---|---|---|"
        rates = {name: statistics.median(self.rates[name]) for name in FLOODS}
        bare = {name: statistics.median(self.bare[name]) for name in FLOODS}
        for name, text in (("Empty", "empty"), ("Busy", "100 µs of work")):
            yield f"| {text} | {rates[name]:,.0f} | {bare[name]:,.0f} | {rates[name] / bare[name]:.2f} |"
        yield ""
        yield verdict("an empty handler: at least 12,000 a second", rates["Empty"], 12000, at_least=True)
        yield verdict("100 µs: at least half of the bare loop", rates["Busy"] / bare["Busy"], 0.5, at_least=True)
        yield ""
