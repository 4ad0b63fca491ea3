"""Residents' rights (UU PDP 27/2022): a copy of what is kept of somebody, its erasure, and the end of its time.

Owns the wishes to be erased and which reports lost their author, not the reports: what of a report goes and what stays
is decided in api/reports/forgetting.py. Read erasure.py first. The handbook (docker/README.md, "What is kept") says the
same in words.
"""
