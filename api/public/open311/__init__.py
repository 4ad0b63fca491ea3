"""Open311 GeoReport v2, the strict core and `extensions=true`, in XML and JSON. Read `controllers.py` first.

A jurisdiction is a city's code, a service a category, a request a report, its id the tracking id. Owns the keys of
the systems that report through it; every report they bring goes through `reports.submit` like any other.
"""
