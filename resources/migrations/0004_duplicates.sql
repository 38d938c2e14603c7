-- Pairs of people who look alike in two archives, and what was decided about them.

CREATE TABLE duplicate_pair (
    pair_key TEXT NOT NULL,
    first_archive_id TEXT NOT NULL,
    first_member_id TEXT NOT NULL,
    second_archive_id TEXT NOT NULL,
    second_member_id TEXT NOT NULL,
    state TEXT NOT NULL,
    score INTEGER NOT NULL,
    parts TEXT NOT NULL,
    first_id_number TEXT NOT NULL,
    second_id_number TEXT NOT NULL,
    found_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT NOT NULL,
    note TEXT NOT NULL,
    reopened_at TEXT,
    PRIMARY KEY (pair_key),
    FOREIGN KEY(first_archive_id) REFERENCES archive (id),
    FOREIGN KEY(second_archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX duplicate_pair_by_state ON duplicate_pair (state, score DESC, pair_key);
CREATE INDEX duplicate_pair_of_first ON duplicate_pair (first_archive_id);
CREATE INDEX duplicate_pair_of_second ON duplicate_pair (second_archive_id)
