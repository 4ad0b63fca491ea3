"""OGC API – Features: Core, GeoJSON, OpenAPI 3.0. Collections `reports` and `areas`. Read `items.py` first.

Owns the standard's documents and its rules (400 for a parameter that is not described); knows nothing of reports
beyond what `open_reports` writes.
"""
