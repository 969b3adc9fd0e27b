"""Batches: one gear over many containers, looked at before it is started (gears.md 10)."""
