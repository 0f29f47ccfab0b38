"""Benchmarks: `make bench` prints a table and writes build/bench.json; medians of one run, beside its floor."""
