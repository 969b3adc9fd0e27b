"""FlyQL, the query language of search: pure Python, imports nothing else of Treadle (see README.md)."""
