"""How alike two texts are: the share of three-letter pieces that they have in common. Pure.

As PostgreSQL's pg_trgm counts it, so that it can move there when an installation has the extension.
"""

import re

WORD = re.compile(r"\w+")


def trigrams(written: str) -> frozenset[str]:
    """Of each word, with two blanks before and one after it."""
    words = (f"  {word} " for word in WORD.findall(written.lower()))
    return frozenset(word[at : at + 3] for word in words for at in range(len(word) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0, nothing in common, to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
