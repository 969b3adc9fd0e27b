"""The spool: files on disk are the truth, SQLite beside them remembers what was made of them."""
