"""Compares learners on one task, disclosure against none: `python -m bench.learners` (docs/learners.md)."""
