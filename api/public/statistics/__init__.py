"""Statistics for everybody: counts, times, promises kept. Read `counting.py` first (what is counted, by the worker).

Only public reports are counted, so that no difference of two sums tells of one that is not; small groups say nothing.
"""
