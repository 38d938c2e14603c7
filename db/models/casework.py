"""Tables of what follows from a household's means: worksheets, assessments, decisions, and the policy texts kept.

Everything here is append-only. ``archive_revision`` is the revision of the archive that was made together with the
row, so a bundle sends exactly the rows that belong to the revisions it sends.
"""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class PolicyVersion(SQLModel, table=True):
    """The text of a policy pack or table of standards, as it was; kept as long as an assessment may rest on it."""

    __tablename__ = "policy_version"

    sha256: str = Field(primary_key=True)
    pack_id: str
    """Id of the pack, or topic of the standards."""
    kind: str
    """``pack`` or ``standards``."""
    version: str
    begins: str
    ends: str | None = None
    text: str
    origin: str
    """``packaged``, ``edited`` here or ``delivered`` by another office."""
    source_office_id: str = ""
    made_at: str
    made_by: str
    is_current: bool = False
    """Whether this text stands in the office's policy book in place of the packaged one."""
    note: str = ""


class MeansRevision(SQLModel, table=True):
    """One version of a household's means worksheet of one year."""

    __tablename__ = "means_revision"

    seq: int | None = Field(default=None, primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    year: int
    revision: int
    archive_revision: int
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int
    reason: str = ""
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class AssessmentRecord(SQLModel, table=True):
    """One stored assessment: the facts it saw and what it said, never recomputed."""

    __tablename__ = "assessment"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int
    assessed_on: str
    year: int
    means_revision: int
    """Revision of the worksheet it saw; 0 for none."""
    policy_id: str
    policy_version: str
    policy_sha256: str
    standards_regions: str
    """The regions whose standards may have mattered, separated by blanks."""
    standards_sha256: str
    """Fingerprint of those standards as they were known, to tell later that they changed."""
    form_edition: str
    outcome: str
    suggested_class: str | None = None
    suggested_level: str | None = None
    suggested_class_label: str = ""
    suggested_level_label: str = ""
    near_class_label: str = ""
    """Of a near miss: the class it came closest to, and how far away it is (exact 元 per person and month, ``n/d``)."""
    near_distance: str | None = None
    recheck_on: str | None = None
    standards: bytes
    """The standards themselves with their documents, deflated JSON like the two below."""
    facts: bytes
    """JSON, deflated: ten years of assessments with every step would fill the disk otherwise."""
    result: bytes


class Decision(SQLModel, table=True):
    """What people decided upon an assessment; the latest counts."""

    __tablename__ = "decision"

    id: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id")
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int
    suggested_class: str | None = None
    suggested_level: str | None = None
    decided_class: str | None = None
    decided_level: str | None = None
    decided_class_label: str = ""
    decided_level_label: str = ""
    reason: str = ""


class CaseStep(SQLModel, table=True):
    """One act upon a case, as it was recorded (see :mod:`db.domain.case_flow`)."""

    __tablename__ = "case_step"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    act: str
    on_day: str
    """The day it happened, which may be before it was recorded."""
    detail: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    first_state: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    """Where the case stood before anything was recorded of it; the oldest step's counts."""
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int


class CaseStateRow(SQLModel, table=True):
    """Where a case stands by its steps and the reviews above: kept for lists, and told again from them at any time."""

    __tablename__ = "case_state"

    archive_id: str = Field(primary_key=True, foreign_key="archive.id")
    standing: str
    track: str
    stage: str
    since: str
    """The day of the last step or review that counted."""
    was_returned: bool
    verify_by: str | None = None
    notice_ends: str | None = None
    phase_out_ends: str | None = None
    exited_on: str | None = None


class CaseRecord(SQLModel, table=True):
    """One version of a record beside an archive (see :mod:`db.domain.records`)."""

    __tablename__ = "case_record"

    id: str = Field(primary_key=True)
    record_id: str
    """The same for all versions of a record."""
    kind: str
    archive_id: str = Field(foreign_key="archive.id")
    archive_revision: int
    on_day: str | None = None
    ends_on: str | None = None
    subject_id: str | None = None
    is_removed: bool = False
    is_current: bool
    """Whether it is the latest of its record: kept for lists, and told again whenever a version comes."""
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int


class OfficeRecord(SQLModel, table=True):
    """One version of an entry in a register of the office *office_id*: cadres, campaigns, enterprises, keepers."""

    __tablename__ = "office_record"

    id: str = Field(primary_key=True)
    record_id: str
    kind: str
    version: int
    on_day: str | None = None
    ends_on: str | None = None
    subject_id: str | None = None
    is_removed: bool = False
    is_current: bool
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int


class CampaignTarget(SQLModel, table=True):
    """An archive to be looked at in a campaign, as this office found it when the campaign began here."""

    __tablename__ = "campaign_target"

    campaign_id: str = Field(primary_key=True)
    archive_id: str = Field(primary_key=True, foreign_key="archive.id")
    added_at: str


class DestroyedArchive(SQLModel, table=True):
    """An archive that was destroyed after its term: of its row only the number and its place in the exchange are left."""

    __tablename__ = "destroyed_archive"

    archive_id: str = Field(primary_key=True, foreign_key="archive.id")
    destroyed_on: str
    record_id: str
    """Entry of the register of destructions."""
    mark: str
    """Fingerprint of the content it last had, for the office it belongs to: it is told that nothing was lost."""
