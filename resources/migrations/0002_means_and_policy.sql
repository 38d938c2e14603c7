-- Means worksheets, assessments, decisions, and the policy texts they rest on.

CREATE TABLE policy_version (
    sha256 TEXT NOT NULL,
    pack_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT,
    text TEXT NOT NULL,
    origin TEXT NOT NULL,
    source_office_id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    is_current INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (sha256)
) STRICT;

CREATE TABLE means_revision (
    seq INTEGER NOT NULL,
    archive_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    archive_revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE TABLE assessment (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    assessed_on TEXT NOT NULL,
    year INTEGER NOT NULL,
    means_revision INTEGER NOT NULL,
    policy_id TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    policy_sha256 TEXT NOT NULL,
    standards_regions TEXT NOT NULL,
    standards_sha256 TEXT NOT NULL,
    form_edition TEXT NOT NULL,
    outcome TEXT NOT NULL,
    suggested_class TEXT,
    suggested_level TEXT,
    suggested_class_label TEXT NOT NULL,
    suggested_level_label TEXT NOT NULL,
    near_class_label TEXT NOT NULL,
    near_distance TEXT,
    recheck_on TEXT,
    standards BLOB NOT NULL,
    facts BLOB NOT NULL,
    result BLOB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE TABLE decision (
    id TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    suggested_class TEXT,
    suggested_level TEXT,
    decided_class TEXT,
    decided_level TEXT,
    decided_class_label TEXT NOT NULL,
    decided_level_label TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(assessment_id) REFERENCES assessment (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX policy_version_of_pack ON policy_version (kind, pack_id, is_current);
-- a restored backup may give a number out again: both versions are kept where they meet, the later one counts
CREATE UNIQUE INDEX means_of_archive
    ON means_revision (archive_id, year, revision, made_at, device_id, device_counter);
CREATE INDEX assessment_of_archive ON assessment (archive_id, archive_revision);
CREATE INDEX assessment_to_recheck ON assessment (recheck_on) WHERE recheck_on IS NOT NULL;
CREATE INDEX assessment_by_policy ON assessment (policy_sha256);
CREATE INDEX decision_of_archive ON decision (archive_id, archive_revision);
CREATE INDEX decision_of_assessment ON decision (assessment_id);

-- worksheets, assessments and decisions can be added to, never changed; nor can a policy text that was in force
CREATE TRIGGER means_are_kept BEFORE UPDATE ON means_revision
BEGIN SELECT RAISE(ABORT, 'means are append-only'); END;
CREATE TRIGGER means_are_not_deleted BEFORE DELETE ON means_revision
BEGIN SELECT RAISE(ABORT, 'means are append-only'); END;
CREATE TRIGGER assessment_is_kept BEFORE UPDATE ON assessment
BEGIN SELECT RAISE(ABORT, 'assessments are append-only'); END;
CREATE TRIGGER assessment_is_not_deleted BEFORE DELETE ON assessment
BEGIN SELECT RAISE(ABORT, 'assessments are append-only'); END;
CREATE TRIGGER decision_is_kept BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_not_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER policy_text_is_kept BEFORE UPDATE OF sha256, pack_id, kind, version, text ON policy_version
BEGIN SELECT RAISE(ABORT, 'policy texts are append-only'); END;
CREATE TRIGGER policy_text_is_not_deleted BEFORE DELETE ON policy_version
BEGIN SELECT RAISE(ABORT, 'policy texts are append-only'); END
