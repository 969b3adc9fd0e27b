"""The data explorer: searches over all projects, saved queries, export, other sites (api.md 16)."""
