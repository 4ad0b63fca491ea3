"""Telling people: addresses of phones and browsers, the outbox that is also the ledger, the inbox, and delivery.

Owns what was to be told to whom and what became of it, and what people wish to be told. Does not know why a message
is sent nor its words: the words are rendered by a function given to `delivery.Deliverer`. The inbox is the truth, a
push is a hint.
Read `tables.py` first, then `delivery.py`.
"""
