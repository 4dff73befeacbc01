"""Metric Insights."""
