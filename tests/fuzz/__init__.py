"""Fuzz: requests at random, made of the schemas that a bridge publishes, against all of its endpoints.

A small budget of them is in the suite (tests/properties/test_http_fuzz.py). For as long as you like:

    python -m tests.fuzz --seconds 600 --seed 1 --vendor squirro --database postgresql
"""
