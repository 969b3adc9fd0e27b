"""Users, keys, logins, devices, roles, grants and the access log.

Grants name their group and project by id only: those tables live a floor higher.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from treadle.server.store.db import metadata


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def _modified() -> Column[object]:
    return Column("modified_at", DateTime(timezone=True), nullable=False, server_default=func.now())


app_user = Table(
    "app_user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("firstname", Text, nullable=False, server_default=""),
    Column("lastname", Text, nullable=False, server_default=""),
    Column("avatar", Text),
    Column("roles", ARRAY(Text), nullable=False, server_default=text("'{user}'")),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("password_hash", Text),
    Column("preferences", JSONB, nullable=False, server_default=text("'{}'")),
    Column("info", JSONB, nullable=False, server_default=text("'{}'")),
    _created(),
    _modified(),
    Column("first_login_at", DateTime(timezone=True)),
    Column("last_login_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Index("ix_app_user_email", text("lower(email)")),
)

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("name", Text),
    Column("type", Text, nullable=False),
    Column("version", Text),
    Column("interval_s", Integer),
    Column("errors", JSONB, nullable=False, server_default=text("'[]'")),
    Column("info", JSONB, nullable=False, server_default=text("'{}'")),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("last_seen_at", DateTime(timezone=True)),
    _created(),
    _modified(),
    Column("deleted_at", DateTime(timezone=True)),
)

# Something wrong with a device, from its first to its last sign; `told` names whom it was said to, and how far.
device_incident = Table(
    "device_incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device_id", Text, ForeignKey("device.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),  # silent, errors, held
    Column("detail", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("closed_at", DateTime(timezone=True)),
    Column("told", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Index(
        "uq_device_incident_open",
        "device_id",
        "kind",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_device_incident_device", "device_id", "opened_at"),
)

# Only a hash is kept: keys are long random texts, so one round of SHA-256 is enough (unlike passwords).
api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),  # public part, shown in lists
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE")),
    Column("device_id", Text, ForeignKey("device.id", ondelete="CASCADE")),
    Column("label", Text, nullable=False, server_default=""),
    _created(),
    Column("last_used_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),
    # What a restricted key is cut down to; null: no limit.
    Column("scope_projects", ARRAY(Text)),
    Column("scope_actions", ARRAY(Text)),
    # A job's key dies with the job; one started by a gear rule has the rule's role instead of an owner.
    Column("job_id", Text),
    Column("job_project_id", Text),
    Column("rule_id", Text),
    Column("role_id", Text, ForeignKey("role.id", ondelete="CASCADE")),
    Index("ix_api_key_user", "user_id"),
    Index("ix_api_key_device", "device_id"),
    Index("ix_api_key_job", "job_id", postgresql_where=text("job_id IS NOT NULL")),
)

login = Table(
    "login",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    _created(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_login_user", "user_id"),
)

# Wrong passwords of the last minutes, by hashed account and by hashed address.
login_failure = Table(
    "login_failure",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_login_failure_subject", "subject", "at"),
)

role = Table(
    "role",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("builtin", Text),  # admin, rw, ro
    Column("actions", ARRAY(Text), nullable=False),
    _created(),
    _modified(),
    Index("uq_role_label", text("lower(label)"), unique=True),
)


def _granted() -> tuple[Column[object], Column[object]]:
    """When and by whom; unknown of what is older than these columns, or made by no person."""
    return (
        Column("granted_at", DateTime(timezone=True), server_default=func.now()),
        Column("granted_by", Text),
    )


group_access = Table(
    "group_access",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("access", Text, nullable=False),  # ro, rw, admin
    *_granted(),
    Index("ix_group_access_user", "user_id"),
)

group_template = Table(
    "group_template",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("role_ids", ARRAY(Text), nullable=False),
)

group_role = Table(
    "group_role",
    metadata,
    Column("group_id", Text, primary_key=True),
    Column("role_id", Text, ForeignKey("role.id"), primary_key=True),
)

project_grant = Table(
    "project_grant",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("role_ids", ARRAY(Text), nullable=False),
    *_granted(),
    Index("ix_project_grant_user", "user_id"),
)

# Split by months; rows are never changed or deleted (triggers). The order of numbers is the order of sealing.
access_log = Table(
    "access_log",
    metadata,
    Column(
        "number",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=text("access_log_next('access_log_number'::regclass)"),
    ),
    Column("at", DateTime(timezone=True), primary_key=True, server_default=func.now()),
    Column("id", Text, nullable=False),
    Column("access_type", Text, nullable=False),
    Column("context", JSONB, nullable=False),
    Column("origin_type", Text, nullable=False),
    Column("origin_id", Text),
    Column("request_method", Text, nullable=False),
    Column("request_path", Text, nullable=False),
    Column("request_id", Text),
    Column("address", Text),
    Column("client", Text),
    Column("reason", Text),
    Index("ix_access_log_at", "at", "number"),
    Index("ix_access_log_origin", "origin_id", "at"),
    Index(
        "ix_access_log_project",
        text("((context -> 'project'::text) ->> 'id'::text)"),
        "at",
        postgresql_where=text("context ? 'project'"),
    ),
    postgresql_partition_by="RANGE (at)",
)

# A sealed stretch of the access log: the hashes of its records, chained to the stretch before.
access_log_seal = Table(
    "access_log_seal",
    metadata,
    Column("segment", BigInteger, primary_key=True, autoincrement=False),
    Column("first_number", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

# The second factor of password logins; unconfirmed until a first code was right.
user_totp = Table(
    "user_totp",
    metadata,
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("last_step", BigInteger, nullable=False, server_default="0"),  # no code up to here counts again
    _created(),
    Column("confirmed_at", DateTime(timezone=True)),
)

user_recovery_code = Table(
    "user_recovery_code",
    metadata,
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    Column("code_sha256", Text, primary_key=True),
)

# Who an account of an OpenID provider is here.
user_link = Table(
    "user_link",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("app_user.id", ondelete="CASCADE"), nullable=False),
    _created(),
    Index("ix_user_link_user", "user_id"),
)

# Browsers that were sent to the provider and have not come back yet.
oidc_attempt = Table(
    "oidc_attempt",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("next", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_oidc_attempt_expiry", "expires_at"),
)
