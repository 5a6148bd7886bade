-- What else is known of an object that was being made: its attributes are in "planned".
ALTER TABLE journal ADD COLUMN schema_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE journal ADD COLUMN create_before_destroy INTEGER NOT NULL DEFAULT 0;
ALTER TABLE journal ADD COLUMN sensitive TEXT NOT NULL DEFAULT '[]';
ALTER TABLE journal ADD COLUMN dependencies TEXT NOT NULL DEFAULT '[]';
