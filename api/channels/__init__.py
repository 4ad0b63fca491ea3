"""Ways in and out beside the app: text messages that prove a phone, and numbers that join two accounts of one person.

Owns no table; joins accounts, reports, media and push, which each move what is theirs. Read `linking.py` first.
"""
