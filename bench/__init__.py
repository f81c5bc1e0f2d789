"""Benchmarks: `python -m bench` measures everything in one run: the ratios are of one machine and one moment."""
