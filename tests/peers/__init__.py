"""Doubles of outside services, true to the wire, each in a process of its own."""
