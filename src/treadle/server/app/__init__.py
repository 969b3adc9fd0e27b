"""Composition: settings -> ASGI app, worker, supervisor."""
