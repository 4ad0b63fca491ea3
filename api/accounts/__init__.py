"""Who speaks: accounts, grants, sessions, sign-in, and the guard that finds the speaker of a request.

Owns tokens and passwords; knows nothing of reports. Read `speaker.py` first.
"""
