"""Gear rules: a gear starts when a file begins to meet conditions."""
