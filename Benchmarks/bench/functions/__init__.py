"""The functions' side of the benchmarks: `make bench-functions`."""
