-- The casework of a household: every act as a step, and where the case stands by them, for lists.

CREATE TABLE case_step (
    id TEXT NOT NULL,
    archive_id TEXT NOT NULL,
    archive_revision INTEGER NOT NULL,
    act TEXT NOT NULL,
    on_day TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    clerk_id TEXT NOT NULL,
    clerk_name TEXT NOT NULL,
    office_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    device_counter INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX step_of_archive ON case_step (archive_id, archive_revision);
CREATE INDEX step_by_act ON case_step (act, on_day);

CREATE TABLE case_state (
    archive_id TEXT NOT NULL,
    standing TEXT NOT NULL,
    track TEXT NOT NULL,
    stage TEXT NOT NULL,
    since TEXT NOT NULL,
    was_returned INTEGER NOT NULL,
    verify_by TEXT,
    notice_ends TEXT,
    phase_out_ends TEXT,
    exited_on TEXT,
    PRIMARY KEY (archive_id),
    FOREIGN KEY(archive_id) REFERENCES archive (id)
) STRICT;

CREATE INDEX case_by_standing ON case_state (standing, track, stage, since);
CREATE INDEX case_to_verify ON case_state (verify_by) WHERE verify_by IS NOT NULL;
CREATE INDEX case_on_notice ON case_state (notice_ends) WHERE notice_ends IS NOT NULL
