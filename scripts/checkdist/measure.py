"""Start time and memory of the program as shipped."""

import pathlib
import select
import signal
import subprocess
import time

from .devices import PATIENCE
from .places import Failure

STARTS = 9


def start_seconds(core):
    """From exec to the line that says the broker listens."""
    begun = time.monotonic()
    process = subprocess.Popen(
        core.command("start", "--foreground", "-i"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=core.environment, start_new_session=True)
    said = b""
    try:
        while f"listening on {core.port}".encode() not in said:
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            piece = process.stdout.read1(65536) if ready else b""
            if not piece:
                raise Failure(f"the core does not say that it listens on {core.port}:\n{said.decode(errors='replace')}")
            said += piece
        return time.monotonic() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_times(core, count=STARTS):
    """The best and the median of several starts, in milliseconds: what else the machine does only adds."""
    times = sorted(start_seconds(core) * 1000 for _ in range(count))
    return times[0], times[len(times) // 2]


def idle_megabytes(core):
    """The proportional set size of supervisor and core together (proc(5), smaps_rollup), ten seconds after the start: then
    they have given back what only a start uses."""
    time.sleep(10)
    total = 0
    for number in core.daemons():
        for line in pathlib.Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
