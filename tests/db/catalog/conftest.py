"""Two projects with thousands of sessions, made by SQL."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest

_FILL = """
INSERT INTO blob (sha384, size) VALUES ('x', 1);
INSERT INTO container (id, level, label, group_id) VALUES ('study', 'group', 'study', 'study');
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id)
SELECT id, 'project', id, 'study', 'group', 'study', id FROM unnest(%(projects)s::text[]) id;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id)
SELECT '01' || project, 'subject', 's', project, 'project', 'study', project, '01' || project
FROM unnest(%(projects)s::text[]) project;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id)
SELECT '02' || project || n, 'session', 'e' || n, '01' || project, 'subject', 'study', project, '01' || project,
       '02' || project || n
FROM generate_series(0, %(count)s - 1) n, unnest(%(projects)s::text[]) project;
INSERT INTO container (id, level, label, parent_id, parent_level, group_id, project_id, subject_id, session_id,
                       acquisition_id)
SELECT '03' || session_id || n, 'acquisition', 'a' || n, session_id, 'session', 'study', project_id, subject_id,
       session_id, '03' || session_id || n
FROM container, generate_series(0, 4) n WHERE level = 'session';
INSERT INTO file (id, file_id, version, is_current, name, parent_id, parent_level, group_id, project_id, subject_id,
                  session_id, acquisition_id, blob_sha384, size, type, classification, origin_type)
SELECT id, id, 1, true, 'f', id, 'acquisition', 'study', project_id, subject_id, session_id, id, 'x', 1, 'nifti',
       '{"Measurement": ["T1"]}', 'user'
FROM container WHERE level = 'acquisition';
"""


@dataclass(frozen=True)
class Study:
    """Where it is, and how much of it: five acquisitions with a file each per session, in each project."""

    url: str
    sessions: int = 3000
    project: str = "1" * 24
    other: str = "2" * 24


@pytest.fixture(scope="module")
def study(database_url: str) -> Study:
    made = Study(database_url)
    with psycopg.ClientCursor(psycopg.connect(database_url)) as cursor:
        cursor.execute(_FILL, {"projects": [made.project, made.other], "count": made.sessions})
        cursor.connection.commit()
        cursor.connection.autocommit = True
        cursor.execute("VACUUM ANALYZE container")
        cursor.execute("VACUUM ANALYZE file")
        cursor.connection.close()
    return made
