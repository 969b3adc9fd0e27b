"""Data views: tables over a container and all below it, at once or in the background (README.md)."""
