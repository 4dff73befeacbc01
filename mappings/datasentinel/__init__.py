"""Datasentinel."""
