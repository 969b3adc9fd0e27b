"""The access log by months, append-only and sealed; second factors and outside logins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    "CREATE SEQUENCE access_log_number",
    # The transaction gets its own id before the record its number: whoever reads the sequence and then takes
    # an id knows that all records up to there are of transactions with smaller ids.
    """
    CREATE FUNCTION access_log_next(counter regclass) RETURNS bigint LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_current_xact_id();
        RETURN nextval(counter);
    END $$
    """,
    """
    CREATE FUNCTION access_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the access log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    # Attaching a finished table does not block writers, making a partition in place would.
    """
    CREATE FUNCTION access_log_month(moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
        name text := 'access_log_' || to_char(month, 'YYYY_MM');
    BEGIN
        IF to_regclass(name) IS NOT NULL THEN
            RETURN;
        END IF;
        LOCK TABLE access_log IN SHARE UPDATE EXCLUSIVE MODE;  -- one maker at a time; writers go on
        IF to_regclass(name) IS NOT NULL THEN
            RETURN;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE access_log INCLUDING DEFAULTS)', name);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION access_log_refuse()', name);
        EXECUTE format('ALTER TABLE access_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    END $$
    """,
)

_OLD_ROWS = (
    "SELECT access_log_month(month) FROM (SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')"
    " AT TIME ZONE 'UTC' AS month FROM access_log_before) AS months",
    "SELECT access_log_month(now()), access_log_month(now() + interval '1 month')",
    "INSERT INTO access_log (id, at, access_type, context, origin_type, origin_id, request_method, request_path,"
    " reason) SELECT id, at, access_type, context - 'reason', origin_type, origin_id, request_method,"
    " request_path, context ->> 'reason' FROM access_log_before ORDER BY at, id",
    "DROP TABLE access_log_before",
)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, default: bool = True, nullable: bool = False) -> sa.Column[object]:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=nullable)


def _user() -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return _text("user_id"), sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], ondelete="CASCADE")


def upgrade() -> None:
    _access_log()
    _seals()
    _logins()


def _access_log() -> None:
    op.drop_index("ix_access_log_at", "access_log")
    op.rename_table("access_log", "access_log_before")
    op.execute("ALTER INDEX pk_access_log RENAME TO pk_access_log_before")
    for statement in _FUNCTIONS:
        op.execute(statement)
    op.create_table(
        "access_log",
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("access_log_next('access_log_number'::regclass)"),
            nullable=False,
        ),
        _at("at"),
        _text("id"),
        _text("access_type"),
        sa.Column("context", postgresql.JSONB(), nullable=False),
        _text("origin_type"),
        _text("origin_id", nullable=True),
        _text("request_method"),
        _text("request_path"),
        _text("request_id", nullable=True),
        _text("address", nullable=True),
        _text("client", nullable=True),
        _text("reason", nullable=True),
        sa.PrimaryKeyConstraint("number", "at", name=op.f("pk_access_log")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_access_log_at", "access_log", ["at", "number"])
    op.create_index("ix_access_log_origin", "access_log", ["origin_id", "at"])
    op.create_index(
        "ix_access_log_project",
        "access_log",
        [sa.text("((context -> 'project'::text) ->> 'id'::text)"), "at"],
        postgresql_where=sa.text("context ? 'project'"),
    )
    _append_only("access_log")
    for statement in _OLD_ROWS:
        op.execute(statement)


def _seals() -> None:
    op.create_table(
        "access_log_seal",
        sa.Column("segment", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _at("sealed_at"),
        sa.PrimaryKeyConstraint("segment", name=op.f("pk_access_log_seal")),
    )
    _append_only("access_log_seal")


def _append_only(table: str) -> None:
    for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = "append_only" if each == "ROW" else "no_truncate"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION access_log_refuse()"
        )


def _logins() -> None:
    op.create_table(
        "user_totp",
        *_user(),
        _text("secret"),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        _at("created_at"),
        _at("confirmed_at", default=False, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_totp")),
    )
    op.create_table(
        "user_recovery_code",
        *_user(),
        _text("code_sha256"),
        sa.PrimaryKeyConstraint("user_id", "code_sha256", name=op.f("pk_user_recovery_code")),
    )
    op.create_table(
        "user_link",
        _text("issuer"),
        _text("subject"),
        *_user(),
        _at("created_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_user_link")),
    )
    op.create_index("ix_user_link_user", "user_link", ["user_id"])
    op.create_table(
        "oidc_attempt",
        _text("token_sha256"),
        _text("state"),
        _text("nonce"),
        _text("verifier"),
        _text("next"),
        _at("expires_at", default=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_oidc_attempt")),
    )
    op.create_index("ix_oidc_attempt_expiry", "oidc_attempt", ["expires_at"])
