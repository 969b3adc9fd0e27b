"""Presets of PS3.15 Annex E: the attribute table, its options, and how each action is done."""
