"""Webhooks: a city's or an agency's own system is told of changes. Read `delivering.py` first.

Signed, retried, in order, at least once. What is told of a report that is not public is that it changed, and its state.
"""
