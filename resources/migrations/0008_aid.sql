-- Money: what offices grant to households and what was paid upon it, payment lists, and papers that belong to no archive.

CREATE TABLE aid_grant (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    application_id TEXT,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    office_level TEXT NOT NULL,
    item TEXT NOT NULL,
    programme_id TEXT,
    programme_title TEXT NOT NULL,
    person TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    recipient_number TEXT NOT NULL,
    school_stage TEXT NOT NULL,
    household_group TEXT NOT NULL,
    hardship_class TEXT NOT NULL,
    year INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    goods TEXT NOT NULL,
    fund_id TEXT NOT NULL,
    fund_source TEXT NOT NULL,
    fund_name TEXT NOT NULL,
    cap_left INTEGER,
    excess_reason TEXT NOT NULL,
    granted_on TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    exported_sequence INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX grants_of_archive ON aid_grant (archive_id, year);
CREATE INDEX grants_of_fund ON aid_grant (fund_id);
CREATE INDEX grants_of_recipient ON aid_grant (recipient_number, year) WHERE recipient_number <> '';
CREATE INDEX grants_by_item ON aid_grant (item, year);
CREATE INDEX grants_of_programme ON aid_grant (programme_id) WHERE programme_id IS NOT NULL;

CREATE TABLE payout (
    id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    office_id TEXT NOT NULL,
    office_name TEXT NOT NULL,
    office_level TEXT NOT NULL,
    list_number TEXT NOT NULL,
    outcome TEXT NOT NULL,
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    on_day TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    bank TEXT NOT NULL,
    account TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    exported_sequence INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(grant_id) REFERENCES aid_grant (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX payouts_of_grant ON payout (grant_id, outcome);
CREATE INDEX payouts_of_archive ON payout (archive_id);
CREATE INDEX payouts_by_day ON payout (outcome, on_day);
-- a grant is paid, and given up, at most once; what comes back is a line of its own
CREATE UNIQUE INDEX paid_once ON payout (grant_id) WHERE outcome IN ('paid', 'withdrawn');

CREATE TABLE payment_list (
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    method TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL,
    locked_at TEXT,
    locked_by_id TEXT NOT NULL,
    locked_by TEXT NOT NULL,
    content_sha256 TEXT NOT NULL,
    approved_at TEXT,
    approved_by_id TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    approval_paper_id TEXT,
    sent_at TEXT,
    sent_layout TEXT NOT NULL,
    sent_sha256 TEXT NOT NULL,
    closed_at TEXT,
    PRIMARY KEY (id)
) STRICT;

CREATE UNIQUE INDEX payment_list_number ON payment_list (number);

CREATE TABLE payment_line (
    id TEXT NOT NULL,
    list_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    grant_id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    id_number TEXT NOT NULL,
    employer TEXT NOT NULL,
    item TEXT NOT NULL,
    fund_name TEXT NOT NULL,
    amount INTEGER NOT NULL,
    goods TEXT NOT NULL,
    bank TEXT NOT NULL,
    branch TEXT NOT NULL,
    account TEXT NOT NULL,
    phone TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(list_id) REFERENCES payment_list (id),
    FOREIGN KEY(grant_id) REFERENCES aid_grant (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX lines_of_list ON payment_line (list_id, position);
CREATE INDEX lines_of_grant ON payment_line (grant_id, state);
-- never twice on the way: a grant stands in one list at a time
CREATE UNIQUE INDEX line_on_its_way ON payment_line (grant_id) WHERE state IN ('waiting', 'paid');

CREATE TABLE office_paper (
    id TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    stored_name TEXT NOT NULL,
    stored_size INTEGER NOT NULL,
    stored_sha256 TEXT NOT NULL,
    secret TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL,
    removed_at TEXT,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX papers_of_owner ON office_paper (owner_kind, owner_id)
