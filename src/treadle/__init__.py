"""Treadle: capture, curate, compute and collaborate on research imaging."""

__version__ = "0.1.0"
