"""Whether a database can be used, in one line when it cannot."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from treadle.server.kit.operator import OperatorError

OLDEST = 15
CONNECT_S = 10


class DatabaseProblemError(OperatorError):
    """The database cannot be used; the message says why and what to do."""


def plain_url(url: str) -> str:
    """The URL without the driver name SQLAlchemy uses."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{mark}{rest}"


def check_database(url: str) -> str:
    """The server's version, or the reason why Treadle cannot work with it."""
    where = _where(url)
    try:
        with psycopg.connect(plain_url(url), connect_timeout=CONNECT_S) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " current_setting('server_version'), current_setting('server_encoding'),"
                " has_schema_privilege(current_user, current_schema(), 'CREATE')"
            ).fetchone()
    except psycopg.Error as error:
        raise DatabaseProblemError(f"cannot use the database {where}: {_cause(error)}") from error
    assert row is not None  # noqa: S101 - a SELECT without FROM
    major, version, encoding, may_create = row
    if major < OLDEST:
        raise DatabaseProblemError(
            f"the database {where} is PostgreSQL {version}; {OLDEST} or later is needed"
        )
    if encoding != "UTF8":
        raise DatabaseProblemError(f"the database {where} stores text as {encoding}; create it with UTF8")
    if not may_create:
        raise DatabaseProblemError(f"the database {where} does not let this user create tables; GRANT CREATE")
    return str(version)


def _where(url: str) -> str:
    """Host and name, never the password."""
    try:
        parts = conninfo_to_dict(plain_url(url))
    except psycopg.Error:
        raise DatabaseProblemError(
            "the database URL cannot be read; write postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    return f"{parts.get('dbname', '')} at {parts.get('host', 'localhost')}:{parts.get('port', 5432)}"


def _cause(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    for line in lines:
        if "FATAL:" in line:
            return line.rpartition("FATAL:")[2].strip()
    return (lines[0] if lines else type(error).__name__).removeprefix("connection failed: ")
