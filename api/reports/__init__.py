"""The report: what a resident wrote, every event since, its clocks and photos.

Read `status.py` first (what may happen), then `submit.py` and `change.py` (how it happens).
"""
