"""What a city says to everybody of an area: written by an operator, read by all, told to who asked to hear of it.

Owns announcements and the areas that people subscribed to; push tells them. Public content only.
Read `announce.py` first.
"""
