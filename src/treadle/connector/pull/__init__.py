"""Asking scanners and archives for images (C-FIND, C-MOVE, C-GET); `by_hand` has what operators do."""
