"""Chaos: random writes against a bridge served for real, while vendors fail and processes are killed."""
