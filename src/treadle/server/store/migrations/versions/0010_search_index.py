"""The term index, kept by triggers; what is there already waits in `search_dirty` for the worker."""

from __future__ import annotations

from alembic import op

revision = "0010_search_index"
down_revision = "0009_deid_profiles"
branch_labels = None
depends_on = None

_ABOVE = {
    "group": (),
    "project": ("project", "grp"),
    "subject": ("project",),
    "session": ("project", "subject"),
    "acquisition": ("project", "subject", "session"),
    "analysis": ("project", "subject", "session", "acquisition"),
    "file": ("project", "subject", "session", "acquisition", "analysis"),
    "collection": (),
}
_TUNING = "autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02"

_TABLES = f"""
CREATE TABLE search_path (
  path_id integer GENERATED ALWAYS AS IDENTITY, entity smallint NOT NULL, path text NOT NULL, keys text[] NOT NULL,
  kinds integer NOT NULL DEFAULT 0, CONSTRAINT pk_search_path PRIMARY KEY (path_id));
CREATE UNIQUE INDEX uq_search_path_keys ON search_path (entity, keys);
CREATE INDEX ix_search_path_path ON search_path (entity, path text_pattern_ops);

CREATE TABLE search_term (
  term_id integer GENERATED ALWAYS AS IDENTITY, path_id integer NOT NULL, kind char(1) NOT NULL,
  s text, low text, n double precision, g integer[], CONSTRAINT pk_search_term PRIMARY KEY (term_id));
CREATE UNIQUE INDEX uq_search_term_text ON search_term (path_id, s) WHERE kind = 's';
CREATE UNIQUE INDEX uq_search_term_number ON search_term (path_id, kind, n) WHERE kind <> 's';
CREATE INDEX ix_search_term_day ON search_term (path_id, n) WHERE kind = 's' AND n IS NOT NULL;
CREATE INDEX ix_search_term_grams ON search_term USING gin (g);

CREATE TABLE search_shape (
  shape_id integer GENERATED ALWAYS AS IDENTITY, path_ids integer[] NOT NULL, hash bytea NOT NULL,
  CONSTRAINT pk_search_shape PRIMARY KEY (shape_id));
CREATE UNIQUE INDEX uq_search_shape_hash ON search_shape (hash);
CREATE INDEX ix_search_shape_paths ON search_shape USING gin (path_ids);

CREATE TABLE search_count (
  term_id integer NOT NULL, project bigint NOT NULL, n integer NOT NULL,
  CONSTRAINT pk_search_count PRIMARY KEY (term_id, project)) WITH ({_TUNING});
CREATE TABLE search_path_count (
  path_id integer NOT NULL, project bigint NOT NULL, n integer NOT NULL,
  CONSTRAINT pk_search_path_count PRIMARY KEY (path_id, project)) WITH ({_TUNING});

CREATE TABLE search_change (
  n bigint GENERATED ALWAYS AS IDENTITY, project bigint, shape integer, t integer[] NOT NULL, d smallint NOT NULL,
  CONSTRAINT pk_search_change PRIMARY KEY (n)) WITH ({_TUNING});
CREATE TABLE search_dirty (
  n bigint GENERATED ALWAYS AS IDENTITY, level text NOT NULL, oid text NOT NULL,
  xid bigint NOT NULL DEFAULT txid_current(), CONSTRAINT pk_search_dirty PRIMARY KEY (n)) WITH ({_TUNING});
CREATE INDEX ix_search_dirty_xid ON search_dirty (xid);
"""

# One JSON document per live object: what is searched, and what exact checks read again.
_DOCUMENTS = """
CREATE VIEW search_document AS
SELECT 'file'::text AS level, f.id AS oid, jsonb_build_object(
  '_id', f.id, 'file_id', f.file_id, 'name', f.name, 'type', f.type, 'mimetype', f.mimetype,
  'modality', f.modality, 'size', f.size, 'hash', 'v0-sha384-' || f.blob_sha384, 'version', f.version,
  'classification', f.classification,
  'tags', to_jsonb(f.tags), 'info', f.info, 'zip_member_count', f.zip_member_count,
  'origin', jsonb_build_object('type', f.origin_type, 'id', f.origin_id),
  'parent', jsonb_build_object('type', f.parent_level, 'id', f.parent_id),
  'created', f.created_at, 'modified', f.modified_at) AS document
FROM file f WHERE f.is_current AND f.deleted_at IS NULL
UNION ALL
SELECT c.level, c.id, (c.doc - '{providers,editions,settings,permissions,templates}'::text[]) || jsonb_build_object(
  '_id', c.id, 'label', c.label, 'tags', to_jsonb(c.tags), 'info', c.info,
  'created', c.created_at, 'modified', c.modified_at,
  'notes', (SELECT jsonb_agg(jsonb_build_object('text', n.text)) FROM note n WHERE n.container_id = c.id))
  || CASE c.level
    WHEN 'project' THEN jsonb_build_object('group', c.parent_id, 'templates', c.doc -> 'templates')
    WHEN 'subject' THEN jsonb_build_object('code', coalesce(nullif(c.doc ->> 'code', ''), c.label))
    WHEN 'session' THEN jsonb_build_object('uid', c.uid, 'timestamp', c.timestamp, 'timezone', c.timezone)
    WHEN 'acquisition' THEN jsonb_build_object('uid', c.uid, 'timestamp', c.timestamp, 'timezone', c.timezone)
    WHEN 'analysis' THEN jsonb_build_object(
      'parent', jsonb_build_object('type', c.parent_level, 'id', c.parent_id),
      'user', coalesce(c.doc -> 'user', c.doc -> 'origin' -> 'id'))
    ELSE '{}'::jsonb END
FROM container c WHERE c.deleted_at IS NULL
"""

_FILE_CONTENT = (
    "name", "parent_id", "parent_level", "blob_sha384", "version", "size", "type", "mimetype", "modality",
    "classification", "tags", "info", "zip_member_count", "origin_type", "origin_id", "created_at",
)  # fmt: skip
_CONTAINER_CONTENT = (
    "label",
    "parent_id",
    "uid",
    "timestamp",
    "timezone",
    "tags",
    "info",
    "doc",
    "created_at",
)
_CONTAINER_LEVELS = tuple(level for level in _ABOVE if level != "file")


def _rows(level: str) -> str:
    """The table of one level."""
    name = f"search_{level}"
    columns = [f"{column} bigint" for column in _ABOVE[level]]
    if level in ("session", "acquisition"):
        columns.append("ts timestamptz")
    if level == "file":
        columns.append("size bigint")
    made = [
        f"CREATE TABLE {name} (doc bigint NOT NULL, oid text NOT NULL, {''.join(c + ', ' for c in columns)}"
        "created timestamptz NOT NULL, modified timestamptz NOT NULL, shape integer NOT NULL, "
        f"f integer[] NOT NULL, t integer[] NOT NULL, CONSTRAINT pk_{name} PRIMARY KEY (doc)) WITH ({_TUNING})",
        f"ALTER TABLE {name} ALTER t SET STORAGE main, ALTER f SET STORAGE main, ALTER t SET STATISTICS 1000",
        f"CREATE INDEX ix_{name}_created ON {name} (created DESC)",
        f"CREATE INDEX ix_{name}_t ON {name} USING gin (t)",
    ]
    for column in _ABOVE[level]:
        rare = column == "analysis" or (level == "analysis" and column == "acquisition")
        where = f" WHERE {column} IS NOT NULL" if rare else ""
        keys = "project, created DESC" if column == "project" else column
        made.append(f"CREATE INDEX ix_{name}_{column} ON {name} ({keys}){where}")
    return ";\n".join(made)


def _key(column: str) -> str:
    return f"hashtextextended({column}, 0)"


def _source(column: str) -> str:
    return "n.group_id" if column == "grp" else f"n.{column}_id"


def _differ(columns: tuple[str, ...]) -> str:
    return (
        f"({', '.join('n.' + c for c in columns)}) IS DISTINCT FROM ({', '.join('o.' + c for c in columns)})"
    )


def _leave(level: str, rows: str, which: str) -> str:
    """Take the rows of a statement out of the index."""
    return f"""
  WITH gone AS (DELETE FROM search_{level} s USING {rows} n
    WHERE s.doc = {_key("n.id")} AND {which} RETURNING s.*)
  INSERT INTO search_change (project, shape, t, d)
    SELECT {"project" if _ABOVE[level] else "NULL::bigint"}, shape, t, -1 FROM gone;"""


def _follow(level: str) -> str:
    """Give the rows of a statement their new ancestors."""
    above = _ABOVE[level]
    given = ", ".join(["modified = n.modified_at", *(f"{c} = {_key(_source(c))}" for c in above)])
    counts = f"""
  INSERT INTO search_change (project, shape, t, d)
    SELECT p, s.shape, s.t, d FROM new_rows n JOIN old_rows o ON o.id = n.id JOIN search_{level} s
      ON s.doc = {_key("n.id")}, LATERAL (VALUES (s.project, -1), ({_key("n.project_id")}, 1)) v (p, d)
    WHERE n.project_id IS DISTINCT FROM o.project_id;"""
    return f"""{counts if "subject" in above or level == "subject" else ""}
  UPDATE search_{level} s SET {given} FROM new_rows n WHERE s.doc = {_key("n.id")};"""


def _functions() -> list[str]:
    live = "n.is_current AND n.deleted_at IS NULL"
    # Few rows are changed and many are there, which the planner does not know of the rows of a statement.
    head = "LANGUAGE plpgsql SET enable_seqscan = off AS $body$\nBEGIN"
    tail = "\n  RETURN NULL;\nEND $body$"
    containers = "\n".join(
        f"  IF EXISTS (SELECT FROM new_rows WHERE level = '{level}') THEN"
        f"{_leave(level, 'new_rows', 'n.deleted_at IS NOT NULL')}{_follow(level)}\n  END IF;"
        for level in _CONTAINER_LEVELS
    )
    dropped = "\n".join(
        f"  IF EXISTS (SELECT FROM old_rows WHERE level = '{level}') THEN"
        f"{_leave(level, 'old_rows', 'true')}\n  END IF;"
        for level in _CONTAINER_LEVELS
    )
    note_rows = "SELECT container_id FROM {}"
    noted = """
  INSERT INTO search_dirty (level, oid) SELECT level, id FROM container
    WHERE deleted_at IS NULL AND id IN ({});"""
    return [
        f"""CREATE FUNCTION search_file_inserted() RETURNS trigger {head}
  INSERT INTO search_dirty (level, oid) SELECT 'file', n.id FROM new_rows n WHERE {live};{tail}""",
        f"""CREATE FUNCTION search_file_updated() RETURNS trigger {head}
{_leave("file", "new_rows", f"NOT ({live})")}{_follow("file")}
  INSERT INTO search_dirty (level, oid) SELECT 'file', n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE {live} AND (NOT o.is_current OR o.deleted_at IS NOT NULL OR {_differ(_FILE_CONTENT)});{tail}""",
        f"""CREATE FUNCTION search_file_deleted() RETURNS trigger {head}
{_leave("file", "old_rows", "true")}{tail}""",
        f"""CREATE FUNCTION search_container_inserted() RETURNS trigger {head}
  INSERT INTO search_dirty (level, oid) SELECT level, id FROM new_rows WHERE deleted_at IS NULL;{tail}""",
        f"""CREATE FUNCTION search_container_updated() RETURNS trigger {head}
{containers}
  INSERT INTO search_dirty (level, oid) SELECT n.level, n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.deleted_at IS NULL AND (o.deleted_at IS NOT NULL OR {_differ(_CONTAINER_CONTENT)});{tail}""",
        f"CREATE FUNCTION search_container_deleted() RETURNS trigger {head}\n{dropped}{tail}",
        f"CREATE FUNCTION search_note_inserted() RETURNS trigger {head}"
        f"{noted.format(note_rows.format('new_rows'))}{tail}",
        f"CREATE FUNCTION search_note_updated() RETURNS trigger {head}"
        f"{noted.format(note_rows.format('new_rows'))}{tail}",
        f"CREATE FUNCTION search_note_deleted() RETURNS trigger {head}"
        f"{noted.format(note_rows.format('old_rows'))}{tail}",
    ]


_EVENTS = {
    "inserted": ("INSERT", "NEW TABLE AS new_rows"),
    "updated": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    "deleted": ("DELETE", "OLD TABLE AS old_rows"),
}
_WATCHED = ("container", "file", "note")


def upgrade() -> None:
    """Tables, the view of documents, triggers; then everything that is there is noted for the worker."""
    op.execute(_TABLES)
    for level in _ABOVE:
        op.execute(_rows(level))
    op.execute(_DOCUMENTS)
    for function in _functions():
        op.execute(function)
    for table in _WATCHED:
        for name, (event, transition) in _EVENTS.items():
            op.execute(
                f"CREATE TRIGGER search_{name} AFTER {event} ON {table} REFERENCING {transition} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION search_{table}_{name}()"
            )
    op.execute(
        "INSERT INTO search_dirty (level, oid) SELECT level, id FROM container WHERE deleted_at IS NULL"
    )
    op.execute(
        "INSERT INTO search_dirty (level, oid) SELECT 'file', id FROM file WHERE is_current AND deleted_at IS NULL"
    )


def downgrade() -> None:
    """Without it; nothing is lost."""
    for table in _WATCHED:
        for name in _EVENTS:
            op.execute(f"DROP TRIGGER search_{name} ON {table}")
            op.execute(f"DROP FUNCTION search_{table}_{name}()")
    op.execute("DROP VIEW search_document")
    names = ["path", "term", "shape", "count", "path_count", "change", "dirty", *_ABOVE]
    op.execute(f"DROP TABLE {', '.join('search_' + name for name in names)}")
