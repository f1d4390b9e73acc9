"""Medians, ratios and the verdicts, as Markdown for people and JSON for programs."""

import json
import pathlib
import platform
import statistics
import subprocess

from .brokers import Mosquitto, Nats
from .places import BROKER_CPU, LOAD_CPU, PROGRAM, REPOSITORY

# name: heading, decimals.
COLUMNS = {
    "rate": ("a second", 0),
    "lost": ("lost", 0),
    "cpu_us": ("broker CPU each, µs", 3),
    "broker_cpu": ("broker's processor", 2),
    "load_cpu": ("load's processor", 2),
    "p50": ("p50, µs", 0),
    "p99": ("p99, µs", 0),
    "p999": ("p99.9, µs", 0),
    "resumed": ("resumed", 0),
    "idle_kb": ("idle PSS, kB", 0),
    "private_each": ("private each, kB", 2),
    "pss_each": ("PSS each, kB", 2),
    "all_kb": ("PSS in use, kB", 0),
    "answered": ("clients that work", 0),
}


def median_of(results):
    """A function of (label, measure) over one workload's results."""
    def value(label, measure, combine=statistics.median):
        return combine([result[measure] for result in results[label]])
    return value


def number(value, decimals):
    return f"{value:,.{decimals}f}"


def cell(results, label, column):
    """The median, with the lowest and highest where they are far from it."""
    decimals = COLUMNS[column][1]
    values = [result[column] for result in results[label] if column in result]
    if not values:
        return "–"
    if column == "lost":
        return number(max(values), 0)
    middle, low, high = statistics.median(values), min(values), max(values)
    text = number(middle, decimals)
    if middle > 0 and (high - low) / middle > 0.2:
        text += f" ({number(low, decimals)} – {number(high, decimals)})"
    return text


def verdicts(workload, results):
    """(text, value, holds) of each target."""
    value_of = median_of(results)
    for target in workload.targets:
        value = value_of and target.value(value_of)
        yield target.text, value, target.holds(value)


def table(workload, results):
    yield f"## {workload.title}\n"
    headings = ["", *[COLUMNS[column][0] for column in workload.columns]]
    yield "| " + " | ".join(headings) + " |"
    yield "|" + "---|" * len(headings)
    for case in workload.cases:
        yield "| " + " | ".join([case.label, *[cell(results, case.label, column) for column in workload.columns]]) + " |"
    yield ""
    for text, value, holds in verdicts(workload, results):
        yield f"- {'met' if holds else '**missed**'}: {text} (measured {value:.4g})"
    yield ""


def machine():
    processor = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), "unknown")
    commit = subprocess.run(["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty"], capture_output=True,
                            text=True).stdout.strip()
    return {
        "processor": processor, "kernel": platform.release(), "perennial": commit,
        "binary_bytes": PROGRAM.stat().st_size, "mosquitto": Mosquitto.version(), "nats-server": Nats.version(),
    }


def markdown(workloads, all_results, rounds):
    about = machine()
    yield "# The broker beside others\n"
    yield (f"Made by `make bench-broker`: medians of {rounds} rounds, the brokers in turn, each on processor {BROKER_CPU} "
           f"and the load generator on processor {LOAD_CPU}. In brackets the lowest and highest where they differ by more "
           "than a fifth. `docs/performance.md` explains.\n")
    yield (f"perennial {about['perennial']} (static, x86_64, {about['binary_bytes']:,} bytes), mosquitto "
           f"{about['mosquitto']}, nats-server {about['nats-server']}; {about['processor']}, Linux {about['kernel']}.\n")
    for workload in workloads:
        if workload.name in all_results:
            yield from table(workload, all_results[workload.name])


def document(workloads, all_results, rounds):
    """Everything measured, each round of it."""
    targets = {
        workload.name: [{"target": text, "value": value, "holds": holds}
                        for text, value, holds in verdicts(workload, all_results[workload.name])]
        for workload in workloads if workload.name in all_results
    }
    return json.dumps({"machine": machine(), "rounds": rounds, "results": all_results, "targets": targets}, indent=1)
