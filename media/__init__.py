"""The bytes of photos: receive, check, clean, render, keep.

Knows neither what a photo shows nor who may see it: a photo has an opaque owner, and `api` joins it to
a report. Read `tables.py` for the states, then follow a photo: `photos.py` (announced), `uploads.py`
(received, resumable), `render.py` (leased by the worker), `sandbox.py` (decoded by a child that may
die), `image.py` (cleaned), `store.py` (kept). Only this room uses Pillow.
"""
