"""Benchmarks: `make bench` prints a table and writes build/bench.json; ratios and medians of one run, beside its floor."""
