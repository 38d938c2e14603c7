-- Foundation: archives, members, history, people index, drafts, attachments, partners, bundles, journal.
-- Frozen once released: later changes are steps of their own.

CREATE TABLE archive (
    id TEXT NOT NULL,
    archive_number TEXT NOT NULL,
    office_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    edition TEXT NOT NULL,
    is_complete INTEGER NOT NULL,
    missing_count INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    exported_revision INTEGER NOT NULL,
    exported_sequence INTEGER NOT NULL,
    acknowledged_revision INTEGER NOT NULL,
    acknowledged_at TEXT,
    name_pinyin TEXT NOT NULL,
    confirmations TEXT NOT NULL,
    worker_number TEXT,
    hardship_category TEXT,
    name TEXT,
    ethnicity TEXT,
    sex TEXT,
    political_status TEXT,
    id_number TEXT,
    birth_on TEXT,
    health_status TEXT,
    disability_type TEXT,
    disability_grade TEXT,
    work_status TEXT,
    is_migrant_worker INTEGER,
    model_worker_type TEXT,
    housing_type TEXT,
    floor_area INTEGER,
    mobile_phone TEXT,
    other_contact TEXT,
    postal_code TEXT,
    work_started_on TEXT,
    industry TEXT,
    marital_status TEXT,
    hukou_type TEXT,
    home_address TEXT,
    employer TEXT,
    employer_type TEXT,
    employer_condition TEXT,
    is_single_parent INTEGER,
    monthly_income INTEGER,
    other_annual_income INTEGER,
    annual_household_income INTEGER,
    household_size INTEGER,
    per_capita_monthly_income INTEGER,
    hukou_region TEXT,
    medical_insurance_status TEXT,
    has_self_help_ability INTEGER,
    is_zero_employment_household INTEGER,
    main_hardship_cause TEXT,
    secondary_hardship_causes TEXT,
    hardship_cause_note TEXT,
    bank_name TEXT,
    bank_branch TEXT,
    bank_account TEXT,
    is_exit_target INTEGER,
    decided_on TEXT,
    key_groups TEXT,
    key_groups_note TEXT,
    batch_measures TEXT,
    batch_measures_note TEXT,
    action_plans TEXT,
    action_plans_note TEXT,
    remarks TEXT,
    filed_by TEXT,
    reviewed_by TEXT,
    filing_unit TEXT,
    pairing_partner TEXT,
    entered_by TEXT,
    filed_on TEXT,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX ix_archive_archive_number ON archive (archive_number);

CREATE INDEX ix_archive_office_id ON archive (office_id, updated_at);

CREATE INDEX ix_archive_updated_at ON archive (updated_at);

CREATE TABLE backup (
    id TEXT NOT NULL,
    made_at TEXT NOT NULL,
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE bundle (
    id TEXT NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    payload_sha256 TEXT NOT NULL,
    previous_sha256 TEXT NOT NULL,
    file_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    handled_at TEXT NOT NULL,
    handled_by TEXT NOT NULL,
    archive_count INTEGER NOT NULL,
    attachment_count INTEGER NOT NULL,
    payload_bytes INTEGER NOT NULL,
    receipted_at TEXT,
    summary TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE clerk (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE journal (
    seq INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (seq)
) STRICT;

CREATE TABLE office_setting (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
) STRICT;

CREATE TABLE partner_office (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    region_code TEXT NOT NULL,
    relation TEXT NOT NULL,
    recipient TEXT NOT NULL,
    verify_key TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    enrolled_by TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE archive_revision (
    seq INTEGER NOT NULL,
    archive_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    changes TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE TABLE attachment (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    document_type TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    original_size TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    stored_name TEXT NOT NULL,
    stored_size INTEGER NOT NULL,
    stored_sha256 TEXT NOT NULL,
    secret TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    removed_at TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX ix_attachment_archive_id ON attachment (archive_id);

CREATE TABLE bundle_item (
    bundle_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (bundle_id, archive_id),
    FOREIGN KEY(bundle_id) REFERENCES bundle (id)
) STRICT;

CREATE TABLE draft (
    id TEXT NOT NULL,
    archive_id TEXT,
    base_revision INTEGER NOT NULL,
    clerk_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE TABLE household_member (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT,
    relation_to_head TEXT,
    sex TEXT,
    political_status TEXT,
    id_number TEXT,
    birth_on TEXT,
    health_status TEXT,
    monthly_income INTEGER,
    member_identity TEXT,
    medical_insurance_status TEXT,
    school_or_employer TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX ix_household_member_archive_id ON household_member (archive_id);

CREATE TABLE person_entry (
    seq INTEGER NOT NULL,
    archive_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    name TEXT NOT NULL,
    id_number TEXT,
    birth_on TEXT,
    phone TEXT,
    numbers TEXT NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX archive_by_id_number ON archive (id_number);
CREATE INDEX archive_by_name_pinyin ON archive (name_pinyin);
CREATE INDEX archive_by_category ON archive (hardship_category, updated_at);
CREATE INDEX archive_by_cause ON archive (main_hardship_cause, updated_at);
CREATE INDEX archive_incomplete ON archive (updated_at) WHERE is_complete = 0;
CREATE INDEX archive_unsubmitted ON archive (updated_at)
    WHERE exported_revision < revision AND acknowledged_revision < revision;
CREATE INDEX archive_in_transit ON archive (updated_at)
    WHERE exported_revision = revision AND acknowledged_revision < revision;
CREATE INDEX member_by_id_number ON household_member (id_number);
CREATE UNIQUE INDEX revision_of_archive ON archive_revision (archive_id, revision);
CREATE INDEX revision_by_device ON archive_revision (device_id, device_counter);
CREATE INDEX person_of_archive ON person_entry (archive_id);
CREATE INDEX draft_of_archive ON draft (archive_id);
CREATE INDEX bundle_by_partner ON bundle (partner_id, direction, sequence);
CREATE INDEX bundle_item_of_archive ON bundle_item (archive_id);

-- the search index holds tokens only (see archive_store.search_document); its rowid is person_entry.seq
CREATE VIRTUAL TABLE person_search USING fts5 (
    document, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '2 3 4'
);

-- history can be added to, never changed
CREATE TRIGGER revision_is_kept BEFORE UPDATE ON archive_revision
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER revision_is_not_deleted BEFORE DELETE ON archive_revision
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END
