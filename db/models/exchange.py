"""Tables of the round trip between offices: reviews, hand-overs, merges, conflicts, laptops, and what comes from above."""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Review(SQLModel, table=True):
    """What an office above said of one revision of an archive. Append-only but for the last three columns.

    It stands beside the archive: the household's data are the township's, the review is that of the office above.
    """

    __tablename__ = "review"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    office_id: str
    office_name: str
    office_level: str
    """A key of ``LEVELS``: who decided."""
    step: str
    """``first`` (初审, waits for the second person) or ``final``."""
    outcome: str
    """``approved``, ``returned`` or ``refused``."""
    reasons: list[object] = Field(default_factory=list, sa_type=JSON)
    class_code: str | None = None
    class_label: str = ""
    level_code: str | None = None
    level_label: str = ""
    worker_number: str = ""
    """职工编号 the office above gave; empty: none."""
    remarks: str = ""
    due_on: str | None = None
    """Until when a returned archive must come back."""
    made_at: str
    clerk_id: str
    clerk_name: str
    device_id: str
    device_counter: int
    is_last: bool = True
    """Whether it is the latest of its office and archive."""
    exported_sequence: int = 0
    """The bundle that took it upwards; 0 while none did."""
    acknowledged_at: str | None = None


class HandOver(SQLModel, table=True):
    """A household that moves: its archive goes from one office to another, signed by the one that gives it away."""

    __tablename__ = "hand_over"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    from_office_id: str
    from_office_name: str
    to_office_id: str = ""
    """Empty until the office above has chosen the receiving one."""
    to_office_name: str
    wanted_office_name: str
    """What the giving office asked for, and signed; the office above decides."""
    reason: str
    requested_at: str
    requested_by: str
    verify_key: str
    signature: str
    """Hex, of the giving office's key over the request; kept for an audit."""
    state: str
    """``requested``, ``accepted``, ``refused``, ``completed`` or ``withdrawn``."""
    decided_at: str | None = None
    decided_by: str = ""
    decided_office: str = ""
    note: str = ""


class ArchiveMerge(SQLModel, table=True):
    """Two archives of one family made one; both keep their history, and it can be undone."""

    __tablename__ = "archive_merge"

    id: str = Field(primary_key=True)
    kept_archive_id: str
    merged_archive_id: str
    pair_key: str = ""
    office_id: str
    office_name: str
    office_level: str
    made_at: str
    clerk_id: str
    clerk_name: str
    reason: str
    kept_revision_before: int
    kept_revision_after: int
    """Equal to the one before where the kept archive took nothing over."""
    merged_revision: int
    undone_at: str | None = None
    undone_by: str = ""


class ArchiveConflict(SQLModel, table=True):
    """Another version of an own archive whose differing fields wait for a choice."""

    __tablename__ = "archive_conflict"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    source: str
    """``laptop``, ``above`` (the office above holds it) or ``below`` (a sender brought it and its owner must choose)."""
    source_name: str
    bundle_id: str = ""
    base_revision: int
    """The last revision both have in common; 0 where none is known."""
    own_revision: int
    other_revision: int
    fields: list[object] = Field(default_factory=list, sa_type=JSON)
    snapshot: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    """The other version."""
    state: str
    """``open`` or ``settled``."""
    found_at: str
    settled_at: str | None = None
    settled_by: str = ""


class VisitItem(SQLModel, table=True):
    """An archive taken along on a home-visit laptop. On the laptop itself *laptop_id* is its own."""

    __tablename__ = "visit_item"

    laptop_id: str = Field(primary_key=True)
    archive_id: str = Field(primary_key=True, foreign_key="archive.id")
    access: str
    """``write`` or ``read``."""
    base_revision: int
    sequence: int
    out_at: str
    out_by: str
    back_at: str | None = None


class PersonWarning(SQLModel, table=True):
    """What the office above tells of a person this office submitted: somebody else has them, too. Nothing of the other."""

    __tablename__ = "person_warning"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    member_id: str = ""
    person_name: str
    kind: str
    """``same_number``, ``look_alike`` or ``merged``."""
    office_id: str
    office_name: str
    issued_at: str
    cleared_at: str | None = None


class Circular(SQLModel, table=True):
    """A notice (通知) of an office to those below it."""

    __tablename__ = "circular"

    id: str = Field(primary_key=True)
    title: str
    body: str
    due_on: str | None = None
    audience: list[object] = Field(default_factory=list, sa_type=JSON)
    """Ids of the offices it is for; empty: all."""
    office_id: str
    office_name: str
    issued_at: str
    issued_by: str
    withdrawn_at: str | None = None
    read_at: str | None = None
    read_by: str = ""


class Quota(SQLModel, table=True):
    """How many (名额) an office below may file or propose in a year. A new figure withdraws the one before."""

    __tablename__ = "quota"

    id: str = Field(primary_key=True)
    for_office_id: str
    year: int
    subject: str
    """A quota's code of the policy pack, or a word of the office's own."""
    label: str
    amount: int
    unit: str
    """户 or 人."""
    note: str = ""
    office_id: str
    office_name: str
    set_at: str
    set_by: str
    withdrawn_at: str | None = None


class WorkCalendar(SQLModel, table=True):
    """Days off and make-up working days (调休) of a year as the office knows them, in place of the packaged ones."""

    __tablename__ = "work_calendar"

    year: int = Field(primary_key=True)
    days: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    """ISO day → ``off`` or ``work``."""
    document: str
    """The notice it comes from."""
    origin: str
    """``edited`` here or ``delivered`` by the office above."""
    office_id: str
    set_at: str
    set_by: str


class PartnerKey(SQLModel, table=True):
    """Keys an office had before: what is signed with them is not taken any more."""

    __tablename__ = "partner_key"

    seq: int | None = Field(default=None, primary_key=True)
    partner_id: str
    recipient: str
    verify_key: str
    enrolled_at: str
    ended_at: str
    ended_by: str
    ending: str
    """``replaced`` or ``revoked``."""


class UndoStep(SQLModel, table=True):
    """One row as it was before a received bundle changed it. Only the last applied bundle keeps its steps."""

    __tablename__ = "undo_step"

    seq: int | None = Field(default=None, primary_key=True)
    bundle_id: str
    table_name: str
    act: str
    """``I`` inserted, ``U`` updated, ``D`` deleted; further ones in ``db.store.undo_log``."""
    row_key: str
    """JSON list of the primary key; of ``I`` a list of such lists."""
    before: str | None = None
    """JSON of the former values (of an update: of the changed columns) and the number of the row."""
