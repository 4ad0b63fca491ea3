"""The rules of the house that no linter knows: what lies where, how long things are, what is never committed."""
