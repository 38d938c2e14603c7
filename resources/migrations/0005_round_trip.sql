-- The round trip: reviews and answers, undo of a received bundle, hand-overs, merges, conflicts, home-visit laptops,
-- former keys, circulars, quotas, calendars and warnings from the office above.

ALTER TABLE bundle ADD COLUMN undone_at TEXT;
ALTER TABLE bundle ADD COLUMN undone_by TEXT NOT NULL DEFAULT '';
ALTER TABLE partner_office ADD COLUMN revoked_at TEXT;

CREATE TABLE review (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    office_level TEXT NOT NULL,
    step TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reasons TEXT NOT NULL,
    class_code TEXT,
    class_label TEXT NOT NULL,
    level_code TEXT,
    level_label TEXT NOT NULL,
    worker_number TEXT NOT NULL,
    remarks TEXT NOT NULL,
    due_on TEXT,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    is_last INTEGER NOT NULL,
    exported_sequence INTEGER NOT NULL,
    acknowledged_at TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

-- both hold all that lists ask of a review: going through 100 000 archives must not read the reviews themselves
CREATE INDEX review_of_archive ON review (archive_id, is_last, archive_revision, office_level, step, outcome);
CREATE INDEX review_standing ON review (office_id, archive_id, archive_revision, step, outcome, due_on) WHERE is_last = 1;
CREATE INDEX review_by_office ON review (office_id, is_last, outcome);
CREATE INDEX review_by_device ON review (device_id, device_counter);
CREATE INDEX review_due ON review (due_on) WHERE is_last = 1 AND due_on IS NOT NULL;
CREATE INDEX review_by_number ON review (worker_number) WHERE worker_number <> '';
CREATE INDEX review_to_send ON review (archive_id) WHERE step = 'final' AND exported_sequence = 0;
CREATE INDEX archive_standing
    ON archive (updated_at, office_id, revision, id, exported_revision, acknowledged_revision);
CREATE INDEX archive_by_worker_number ON archive (worker_number) WHERE worker_number IS NOT NULL;

CREATE TABLE hand_over (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    from_office_id TEXT NOT NULL,
    from_office_name TEXT NOT NULL,
    to_office_id TEXT NOT NULL,
    to_office_name TEXT NOT NULL,
    wanted_office_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    verify_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT NOT NULL,
    decided_office TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX hand_over_of_archive ON hand_over (archive_id);
CREATE INDEX hand_over_by_state ON hand_over (state, requested_at);

CREATE TABLE archive_merge (
    id TEXT NOT NULL,
    kept_archive_id TEXT NOT NULL,
    merged_archive_id TEXT NOT NULL,
    pair_key TEXT NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    office_level TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    kept_revision_before INTEGER NOT NULL,
    kept_revision_after INTEGER NOT NULL,
    merged_revision INTEGER NOT NULL,
    undone_at TEXT,
    undone_by TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX merge_of_kept ON archive_merge (kept_archive_id);
CREATE INDEX merge_of_merged ON archive_merge (merged_archive_id) WHERE undone_at IS NULL;

CREATE TABLE archive_conflict (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    source TEXT NOT NULL,
    source_name TEXT NOT NULL,
    bundle_id TEXT NOT NULL,
    base_revision INTEGER NOT NULL,
    own_revision INTEGER NOT NULL,
    other_revision INTEGER NOT NULL,
    fields TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    state TEXT NOT NULL,
    found_at TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX conflict_of_archive ON archive_conflict (archive_id, state);
CREATE INDEX conflict_by_state ON archive_conflict (state, found_at);

CREATE TABLE visit_item (
    laptop_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    access TEXT NOT NULL,
    base_revision INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    out_at TEXT NOT NULL,
    out_by TEXT NOT NULL,
    back_at TEXT,
    PRIMARY KEY (laptop_id, archive_id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX visit_of_archive ON visit_item (archive_id) WHERE back_at IS NULL;

CREATE TABLE person_warning (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    cleared_at TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX warning_of_archive ON person_warning (archive_id);
CREATE INDEX warning_open ON person_warning (issued_at) WHERE cleared_at IS NULL;

CREATE TABLE circular (
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    due_on TEXT,
    audience TEXT NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    withdrawn_at TEXT,
    read_at TEXT,
    read_by TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE quota (
    id TEXT NOT NULL,
    for_office_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    amount INTEGER NOT NULL,
    unit TEXT NOT NULL,
    note TEXT NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by TEXT NOT NULL,
    withdrawn_at TEXT,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX quota_of_office ON quota (for_office_id, year, subject);

CREATE TABLE work_calendar (
    year INTEGER NOT NULL,
    days TEXT NOT NULL,
    document TEXT NOT NULL,
    origin TEXT NOT NULL,
    office_id TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (year)
) STRICT;

CREATE TABLE partner_key (
    seq INTEGER NOT NULL,
    partner_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    verify_key TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    ended_by TEXT NOT NULL,
    ending TEXT NOT NULL,
    PRIMARY KEY (seq)
) STRICT;

CREATE INDEX key_of_partner ON partner_key (partner_id);

CREATE TABLE undo_step (
    seq INTEGER NOT NULL,
    bundle_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    act TEXT NOT NULL,
    row_key TEXT NOT NULL,
    before TEXT,
    PRIMARY KEY (seq)
) STRICT;

CREATE INDEX undo_of_bundle ON undo_step (bundle_id, seq)
