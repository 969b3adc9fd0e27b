"""Measurement sets on files: regions of interest, their versions and their measures (web.md 8.1)."""
