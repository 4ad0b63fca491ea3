"""What a city's wall shows of the present moment, read from the reports themselves: `/public/now`.

Counts what the public map shows and nothing else. `reading.py` asks, `controllers.py` remembers for a moment.
"""
