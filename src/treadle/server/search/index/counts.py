"""How many objects of each project carry a term or have a path: folded from the changes, a few seconds late."""

from __future__ import annotations

from sqlalchemy import text

from treadle.server.store.db import Database

_CHANGES = 5_000

# One worker at a time: the rows of the hot terms are then never waited for.
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('treadle search counts'))")
_FOLD = text(
    """
WITH taken AS (DELETE FROM search_change WHERE n IN (SELECT n FROM search_change ORDER BY n LIMIT :some)
    RETURNING project, shape, t, d),
  terms AS (INSERT INTO search_count AS c (term_id, project, n)
    SELECT term, project, sum(d) FROM taken, unnest(t) term WHERE term > 0 AND project IS NOT NULL
    GROUP BY 1, 2 HAVING sum(d) <> 0 ON CONFLICT (term_id, project) DO UPDATE SET n = c.n + excluded.n),
  shapes AS (SELECT shape, project, sum(d) AS d FROM taken WHERE project IS NOT NULL GROUP BY 1, 2),
  paths AS (INSERT INTO search_path_count AS c (path_id, project, n)
    SELECT path_id, project, sum(d) FROM shapes JOIN search_shape USING (shape_id), unnest(path_ids) path_id
    GROUP BY 1, 2 HAVING sum(d) <> 0 ON CONFLICT (path_id, project) DO UPDATE SET n = c.n + excluded.n)
SELECT count(*) FROM taken""".replace("USING (shape_id)", "s ON s.shape_id = shape")
)


async def fold(database: Database) -> int:
    """Fold some changes into the counts; how many."""
    async with database.transaction() as connection:
        if not (await connection.execute(_ALONE)).scalar_one():
            return 0
        return int((await connection.execute(_FOLD, {"some": _CHANGES})).scalar_one())
