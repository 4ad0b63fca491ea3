"""Benchmarks: one line of JSON each."""
