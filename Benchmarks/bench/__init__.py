"""The driver of the benchmarks: starts brokers, runs the load generator against them, compares."""
