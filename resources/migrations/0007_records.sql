-- Records beside the archives (visits, pairings, plans, monitoring) and registers of an office; every version is kept.

CREATE TABLE case_record (
    id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    on_day TEXT,
    ends_on TEXT,
    subject_id TEXT,
    is_removed INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    content TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX record_of_archive ON case_record (archive_id, kind, on_day);
CREATE INDEX record_versions ON case_record (record_id, archive_revision);
CREATE INDEX record_by_kind ON case_record (kind, is_current, on_day);
CREATE INDEX record_by_subject ON case_record (subject_id, kind) WHERE subject_id IS NOT NULL;

CREATE TABLE office_record (
    id TEXT NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    on_day TEXT,
    ends_on TEXT,
    subject_id TEXT,
    is_removed INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    content TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX office_record_versions ON office_record (record_id, version);
CREATE INDEX office_record_by_kind ON office_record (kind, office_id, is_current, on_day);

-- who is to be looked at in a campaign, as this office found it when it began
CREATE TABLE campaign_target (
    campaign_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (campaign_id, archive_id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX campaigns_of_archive ON campaign_target (archive_id);

-- what falls due: lists of days must not go through every record
CREATE INDEX record_by_end ON case_record (kind, ends_on) WHERE is_current AND NOT is_removed AND ends_on IS NOT NULL;
CREATE INDEX measure_open ON case_record (ends_on)
    WHERE kind = 'measure' AND is_current AND NOT is_removed AND json_extract(content, '$.values.done_on') IS NULL;
CREATE INDEX case_phasing_out ON case_state (phase_out_ends) WHERE phase_out_ends IS NOT NULL;

-- who looks after a household, and when it was last called or visited: read for every household at once
CREATE INDEX pairing_days
    ON case_record (archive_id, on_day, ends_on, subject_id, json_extract(content, '$.values.is_leader'))
    WHERE kind = 'pairing' AND is_current AND NOT is_removed;
CREATE INDEX contact_days ON case_record (archive_id, json_extract(content, '$.values.method'), on_day)
    WHERE kind = 'home_visit' AND is_current AND NOT is_removed;

-- which papers a household has filed, for the lists that nag about missing and old ones
CREATE INDEX papers_of_archive ON attachment (archive_id, removed_at, document_type, added_at);

-- archives that were destroyed after their term: of each only its number and its place in the exchange are left
CREATE TABLE destroyed_archive (
    archive_id TEXT NOT NULL,
    destroyed_on TEXT NOT NULL,
    record_id TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (archive_id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;
