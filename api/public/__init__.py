"""What anyone may see. A field that is not in `schemas.py` does not leave the house."""
