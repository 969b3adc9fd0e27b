"""Bytes out: downloads, tickets, archives, viewer reads, live events."""
