"""Squirro."""
