"""The only door in: uploads, placement, extraction."""
