-- Patterns of what must not be destroyed, as of the last apply.
CREATE TABLE protected (
    pattern TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Rules of the environment that were set aside: a JSON array of [rule, reason].
ALTER TABLE revisions ADD COLUMN overrides TEXT NOT NULL DEFAULT '[]';

DROP VIEW history;
CREATE VIEW history AS
SELECT serial, at, who, what, commit_id, created, updated, deleted, lineage, nullif(overrides, '[]') AS overrides
FROM revisions ORDER BY id DESC;

CREATE VIEW protection AS SELECT pattern FROM protected ORDER BY pattern;
