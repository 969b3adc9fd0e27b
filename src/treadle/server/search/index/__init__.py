"""The term index: which objects carry which values, kept with every change (README.md)."""
