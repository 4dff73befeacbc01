"""Prancer, a cloud security platform: its Permissions API."""
