"""Benchmarks: `python -m bench` measures everything in one run, so that the ratios are of one machine and one moment."""
