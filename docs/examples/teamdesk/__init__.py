"""Teamdesk, an invented vendor."""
