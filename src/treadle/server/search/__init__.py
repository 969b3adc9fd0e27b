"""Answers over many containers at once: data views."""
