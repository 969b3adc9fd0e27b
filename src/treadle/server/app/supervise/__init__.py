"""`treadle up`: database, API, worker and connector under one parent."""
