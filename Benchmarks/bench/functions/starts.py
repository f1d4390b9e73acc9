"""The start of an isolated native process until its first instruction, beside bwrap and runc."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess

from ..places import BENCHMARKS, REPOSITORY

NAMES = {
    "plain": "no isolation (fork, exec)",
    "container": "our container",
    "bwrap": "bwrap --unshare-all --share-net",
    "runc": "runc run",
}
CLOSE, APART = "Back to back", "300 ms apart"


def bundle(folder, program):
    """A runc bundle whose root holds the program alone, with the name spaces that our container has."""
    root = folder / "rootfs"
    (root / "bin").mkdir(parents=True)
    shutil.copy(program, root / "bin" / "first")
    subprocess.run(["runc", "spec"], cwd=folder, check=True)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config["process"].update(terminal=False, args=["/bin/first"])
    config["process"]["user"] = {"uid": 61777, "gid": 61777}
    config["process"]["capabilities"] = {}
    config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"] if n["type"] != "network"]
    config["linux"]["resources"]["memory"] = {"limit": 16 << 20}
    path.write_text(json.dumps(config))


class Starts:
    """What is started is one static program, which tells when its first instructions ran; the time runs from before the
    fork. All are started by one program, and take turns."""

    def __init__(self, work):
        self.folder = work / "starts"
        self.bench = pathlib.Path(os.environ.get("FUNCTIONBENCH", REPOSITORY / "dist/x86_64/functionbench"))
        self.program = self.folder / "program" / "first"
        self.program.parent.mkdir(parents=True)
        source = BENCHMARKS / "functions/native/first.c"
        subprocess.run(["cc", "-static", "-O2", "-o", self.program, source], check=True)
        (self.folder / "bundle").mkdir()
        bundle(self.folder / "bundle", self.program)
        self.samples = {CLOSE: {}, APART: {}}

    def measure(self):
        for title, starts, pause in ((CLOSE, 40, 0), (APART, 6, 300)):
            for way, values in self.start(starts, pause).items():
                self.samples[title].setdefault(way, []).extend(values)

    def start(self, starts, pause):
        """Milliseconds of each start of each way."""
        bwrap = ["--unshare-all", "--share-net", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
                 "--tmpfs", "/tmp", "--ro-bind", str(self.program.parent), "/mnt", "/mnt/first"]
        runc = ["run", "--bundle", str(self.folder / "bundle"), "perennial-bench"]
        command = [str(self.bench), str(self.program), str(starts), str(pause), "plain", "plain", "--", "container",
                   "container", "--", "bwrap", shutil.which("bwrap"), *bwrap, "--", "runc", shutil.which("runc"), *runc]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        samples = {}
        for line in output.splitlines():
            name, nanoseconds = line.split()
            samples.setdefault(name, []).append(int(nanoseconds) / 1e6)
        return samples

    def report(self):
        yield "## Start of an isolated native process until its first instruction\n"
        for title, samples in self.samples.items():
            yield from self.table(title, samples)
        for title, samples in self.samples.items():
            ours = statistics.median(samples["container"])
            for name, limit in (("bwrap", 0.5), ("runc", 0.1)):
                ratio = ours / statistics.median(samples[name])
                yield verdict(f"at most {limit} × {name}, {title.lower()}", ratio, limit)
        yield ""

    @staticmethod
    def table(title, samples):
        ours = statistics.median(samples["container"])
        yield f"### {title} ({len(samples['container'])} starts of each)\n"
        yield "| | median ms | 10th percentile | 90th percentile | ours / it |"
        yield "|---|---|---|---|---|"
        for name, text in NAMES.items():
            values = sorted(samples[name])
            median = statistics.median(values)
            low, high = values[len(values) // 10], values[len(values) * 9 // 10]
            ratio = "" if name == "container" else f"{ours / median:.2f}"
            yield f"| {text} | {median:.2f} | {low:.2f} | {high:.2f} | {ratio} |"
        yield ""


def verdict(text, value, limit, at_least=False):
    holds = value >= limit if at_least else value <= limit
    return f"- {'met' if holds else '**missed**'}: {text} (measured {value:.4g})"
