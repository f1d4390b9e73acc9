"""Where things are, which processor is whose, and what goes wrong."""

import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = REPOSITORY / "Benchmarks"
RESULTS = BENCHMARKS / "results"
PROGRAM = REPOSITORY / "dist" / "x86_64" / "greengrassd"

BROKER_CPU = "0"
LOAD_CPU = "1"


class Failure(Exception):
    """What could not be measured, and why."""
