-- Tables as they were handed in: what was said then stays, whatever is recorded later.

CREATE TABLE report_copy (
    id TEXT NOT NULL,
    report_id TEXT NOT NULL,
    title TEXT NOT NULL,
    year INTEGER NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,
    office_id TEXT NOT NULL,
    offices TEXT NOT NULL,
    figures TEXT NOT NULL,
    layout TEXT NOT NULL,
    note TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE INDEX report_copies ON report_copy (report_id, year, made_at);

-- what tables count by, so that a year of payments is read without the rows of the archives
CREATE INDEX archive_owner ON archive (id, office_id);
CREATE INDEX payouts_counted ON payout (outcome, on_day, grant_id, archive_id, amount);
CREATE INDEX grants_counted ON aid_grant (id, item, school_stage, household_group, fund_source, fund_id, recipient_number)
