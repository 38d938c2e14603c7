-- Which papers of a household left the program, and what became of backups that hold what was destroyed.

CREATE TABLE paper_out (
    seq INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    title TEXT NOT NULL,
    way TEXT NOT NULL,
    households INTEGER NOT NULL,
    PRIMARY KEY (seq)
) STRICT;

-- an export of all archives names each of them: a short number instead of the long id
CREATE TABLE paper_out_archive (
    seq INTEGER NOT NULL,
    archive_id TEXT NOT NULL UNIQUE,
    PRIMARY KEY (seq)
) STRICT;

CREATE TABLE paper_out_item (
    archive_seq INTEGER NOT NULL REFERENCES paper_out_archive (seq) ON DELETE CASCADE,
    paper_seq INTEGER NOT NULL REFERENCES paper_out (seq),
    PRIMARY KEY (archive_seq, paper_seq)
) STRICT, WITHOUT ROWID;

ALTER TABLE backup ADD COLUMN gone_on TEXT;
ALTER TABLE backup ADD COLUMN gone_how TEXT NOT NULL DEFAULT '';
ALTER TABLE backup ADD COLUMN gone_by TEXT NOT NULL DEFAULT '';
