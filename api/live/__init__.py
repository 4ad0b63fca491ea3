"""Changes as they happen: `/public/live` for screens, `/v1/live` for those who are signed in (server-sent events).

Owns no table and no truth: it says that something changed, and what anyone may know of it. `log.py` reads and
remembers the changes, `controllers.py` sends them.
"""
