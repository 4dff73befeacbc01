"""Periscope Data, today Sisense for Cloud Data Teams."""
