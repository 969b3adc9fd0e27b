"""Answers over many containers at once: search, data views, reports."""
