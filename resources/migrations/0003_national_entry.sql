-- Which archives have been typed into the national system, at which revision, and the number that came back.

CREATE TABLE national_entry (
    archive_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    entered_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    worker_number TEXT NOT NULL,
    PRIMARY KEY (archive_id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;
