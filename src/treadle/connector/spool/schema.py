"""The tables of the state file and its steps from one schema version to the next."""

import sqlite3

_SPOOL = """
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL,
  generation INTEGER NOT NULL DEFAULT 0,   -- raised by every new or changed instance
  settled INTEGER NOT NULL DEFAULT 0,      -- the generation that is uploaded, skipped or held
  state TEXT NOT NULL DEFAULT 'receiving', -- receiving, uploaded, skipped, held
  reason TEXT,
  split TEXT,                              -- first choice about acquisition numbers, kept for later versions
  settled_at REAL,
  files_gone INTEGER NOT NULL DEFAULT 0,   -- 1 once the spool files are deleted
  UNIQUE (device, study, series));
CREATE TABLE instance (
  series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  sop TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (series_id, sop)) WITHOUT ROWID;
CREATE TABLE bucket (
  series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  bucket TEXT NOT NULL, digest TEXT NOT NULL, file_id TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (series_id, bucket)) WITHOUT ROWID;
CREATE INDEX series_by_state ON series (state);
"""
_PULL = """
CREATE TABLE pulled (                      -- series that sources were seen to hold
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL, study TEXT NOT NULL, series TEXT NOT NULL,
  count INTEGER NOT NULL,                  -- with `keys`: the state of the series at its source
  keys TEXT NOT NULL,                      -- fingerprint of the routing and opt values
  stable INTEGER NOT NULL,                 -- polls in a row without a change
  phase TEXT NOT NULL,                     -- see pull/rule.py
  failures INTEGER NOT NULL,
  blind INTEGER NOT NULL,                  -- 1 if the source does not return a value that decides
  taken TEXT,                              -- `keys` at the last successful retrieval
  header TEXT,                             -- fingerprint of these values in the header retrieved
  rechecks INTEGER NOT NULL DEFAULT 0,
  absent_s REAL NOT NULL DEFAULT 0,        -- for how long of polling it has been missing
  UNIQUE (device, study, series));
CREATE INDEX pulled_by_phase ON pulled (device, phase);
CREATE TABLE polled (device TEXT PRIMARY KEY) WITHOUT ROWID;  -- devices whose first poll is over
"""
_COMMITMENT = "CREATE INDEX instance_by_sop ON instance (sop);"  # devices name instances by nothing else
_DEIDENTIFIED = """
ALTER TABLE bucket ADD COLUMN source TEXT;             -- digest of the originals, where others than these were sent
ALTER TABLE bucket ADD COLUMN recipe TEXT NOT NULL DEFAULT '';  -- fingerprint of profile and secret
CREATE TABLE sent_as (                     -- what was sent in place of an instance
  series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  sop TEXT NOT NULL, out_sop TEXT NOT NULL, out_sha256 TEXT NOT NULL,
  PRIMARY KEY (series_id, sop)) WITHOUT ROWID;
CREATE TABLE study_epoch (                 -- a study goes on under the secret that it began with
  study TEXT NOT NULL, target TEXT NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (study, target)) WITHOUT ROWID;
"""
_STEPS = (_SPOOL, _PULL, _COMMITMENT, _DEIDENTIFIED)


def prepare(db: sqlite3.Connection) -> None:
    """Bring the tables to the newest version; DatabaseError when the file is of a version not known here."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if not 0 <= version <= len(_STEPS):
        raise sqlite3.DatabaseError(f"state file has schema version {version}")
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        db.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
