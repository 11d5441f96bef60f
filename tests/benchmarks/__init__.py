"""Measured runs: `python -m tests.benchmarks`. Figures for people, never assertions of the test suite."""
