"""Engines: run gears on this machine and on others. HTTP only, no database (README.md)."""
