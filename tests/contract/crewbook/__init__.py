"""Crewbook, an invented vendor that does all that a plain REST API may do otherwise."""
