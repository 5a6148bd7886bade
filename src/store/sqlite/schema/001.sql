-- One row per migration that this file went through.
CREATE TABLE terrace_schema (
    version INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    program TEXT NOT NULL
) STRICT;

-- What there is one of: lineage, serial, where the state was taken over from.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per object, current (an empty "deposed") or deposed. A key is a number, a text, or an empty blob for none, so
-- that it can be part of what is unique.
CREATE TABLE objects (
    id INTEGER PRIMARY KEY,
    module TEXT NOT NULL,
    mode TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    key ANY NOT NULL,
    deposed TEXT NOT NULL,
    address TEXT NOT NULL,
    provider TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    tainted INTEGER NOT NULL,
    create_before_destroy INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    sensitive TEXT NOT NULL,
    private BLOB NOT NULL,
    dependencies TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX objects_place ON objects (type, name, module, mode, key, deposed);

CREATE TABLE output_values (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    type TEXT NOT NULL,
    sensitive INTEGER NOT NULL
) STRICT;

CREATE TABLE check_results (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    status TEXT NOT NULL,
    objects TEXT NOT NULL
) STRICT;

-- Append-only.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    lineage TEXT NOT NULL,
    serial INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    commit_id TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL
) STRICT;

-- What each revision changed; those of the revision after the last one belong to the one that is being made.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    address TEXT NOT NULL,
    deposed TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX changes_revision ON changes (revision);

-- Operations that were begun and have not been told the end of.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    deposed TEXT NOT NULL,
    provider TEXT NOT NULL,
    action TEXT NOT NULL,
    planned TEXT,
    private BLOB NOT NULL
) STRICT;

-- The one lease. It is held while "lease" is not empty; the token grows with each holder and each one that is thrown out.
CREATE TABLE lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    token INTEGER NOT NULL,
    lease TEXT NOT NULL,
    who TEXT NOT NULL,
    process INTEGER NOT NULL,
    operation TEXT NOT NULL,
    since TEXT NOT NULL,
    -- Where the process is and when it began, so that another with its number is not taken for it.
    place TEXT NOT NULL,
    began TEXT NOT NULL,
    -- Grows as long as the holder is alive; the time is that of its clock, in milliseconds.
    beat INTEGER NOT NULL,
    beat_at INTEGER NOT NULL
) STRICT;
INSERT INTO lease VALUES (1, 0, '', '', 0, '', '', '', '', 0, 0);

-- What people ask with "terrace query".
CREATE VIEW instances AS
SELECT address, nullif(module, '') AS module, mode, type, name, iif(typeof(key) = 'blob', NULL, key) AS key,
    nullif(deposed, '') AS deposed, iif(tainted, 'tainted', 'ready') AS status, provider, schema_version,
    create_before_destroy, attributes, sensitive, dependencies
FROM objects ORDER BY module, mode, type, name, objects.key, deposed;

CREATE VIEW resources AS
SELECT nullif(module, '') AS module, mode, type, name, max(provider) AS provider,
    sum(deposed = '') AS instances, sum(deposed <> '') AS deposed
FROM objects GROUP BY objects.module, mode, type, name;

CREATE VIEW outputs AS SELECT name, value, type, sensitive FROM output_values ORDER BY name;

CREATE VIEW checks AS SELECT kind, address, status, objects FROM check_results ORDER BY kind, address;

CREATE VIEW history AS
SELECT serial, at, who, what, commit_id, created, updated, deleted, lineage FROM revisions ORDER BY id DESC;

CREATE VIEW history_changes AS
SELECT serial, address, nullif(changes.deposed, '') AS deposed, changes.what, detail
FROM changes JOIN revisions ON revision = revisions.id ORDER BY changes.id;
