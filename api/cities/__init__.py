"""Who adopts and who answers: cities, their agencies, categories, routing rules, promises and calendar.

It knows nothing of reports. Read `book.py` first (what the others ask), then `routing.py` and `calendar.py` (pure);
`onboarding.py` makes a city from the lists in `templates/`.
"""
