"""Where files come from, and whether a run gives the same again."""
