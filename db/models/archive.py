"""Tables of an archive: the household, its members, its history, drafts and attachments.

One column per form field, named by the field's key (a test ties them to the form). Drafts may be half empty, so
nothing of the form is NOT NULL here; what must be filled is the form's business, not the table's.
"""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Archive(SQLModel, table=True):
    """One household's archive in its current revision."""

    __tablename__ = "archive"

    id: str = Field(primary_key=True)
    archive_number: str = Field(index=True)
    office_id: str = Field(index=True)
    revision: int
    edition: str
    is_complete: bool
    missing_count: int
    created_at: str
    updated_at: str = Field(index=True)
    updated_by: str
    exported_revision: int = 0
    exported_sequence: int = 0
    acknowledged_revision: int = 0
    acknowledged_at: str | None = None
    name_pinyin: str = ""
    confirmations: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    # -- the form, in its order
    worker_number: str | None = None
    hardship_category: str | None = None
    name: str | None = None
    ethnicity: str | None = None
    sex: str | None = None
    political_status: str | None = None
    id_number: str | None = None
    birth_on: str | None = None
    health_status: str | None = None
    disability_type: str | None = None
    disability_grade: str | None = None
    work_status: str | None = None
    is_migrant_worker: bool | None = None
    model_worker_type: str | None = None
    housing_type: str | None = None
    floor_area: int | None = None
    mobile_phone: str | None = None
    other_contact: str | None = None
    postal_code: str | None = None
    work_started_on: str | None = None
    industry: str | None = None
    marital_status: str | None = None
    hukou_type: str | None = None
    home_address: str | None = None
    employer: str | None = None
    employer_type: str | None = None
    employer_condition: str | None = None
    is_single_parent: bool | None = None
    monthly_income: int | None = None
    other_annual_income: int | None = None
    annual_household_income: int | None = None
    household_size: int | None = None
    per_capita_monthly_income: int | None = None
    hukou_region: str | None = None
    medical_insurance_status: str | None = None
    has_self_help_ability: bool | None = None
    is_zero_employment_household: bool | None = None
    main_hardship_cause: str | None = None
    secondary_hardship_causes: list[str] | None = Field(default=None, sa_type=JSON)
    hardship_cause_note: str | None = None
    bank_name: str | None = None
    bank_branch: str | None = None
    bank_account: str | None = None
    is_exit_target: bool | None = None
    decided_on: str | None = None
    key_groups: list[str] | None = Field(default=None, sa_type=JSON)
    key_groups_note: str | None = None
    batch_measures: list[str] | None = Field(default=None, sa_type=JSON)
    batch_measures_note: str | None = None
    action_plans: list[str] | None = Field(default=None, sa_type=JSON)
    action_plans_note: str | None = None
    remarks: str | None = None
    filed_by: str | None = None
    reviewed_by: str | None = None
    filing_unit: str | None = None
    pairing_partner: str | None = None
    entered_by: str | None = None
    filed_on: str | None = None


class HouseholdMember(SQLModel, table=True):
    """One row of the member grid (家庭主要成员)."""

    __tablename__ = "household_member"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id", index=True)
    position: int
    # -- the grid, in the order of its columns
    name: str | None = None
    relation_to_head: str | None = None
    sex: str | None = None
    political_status: str | None = None
    id_number: str | None = None
    birth_on: str | None = None
    health_status: str | None = None
    monthly_income: int | None = None
    member_identity: str | None = None
    medical_insurance_status: str | None = None
    school_or_employer: str | None = None


class ArchiveRevision(SQLModel, table=True):
    """One append-only version: who, when, why, what changed, and the whole content as it was then."""

    __tablename__ = "archive_revision"

    seq: int | None = Field(default=None, primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    revision: int
    made_at: str
    clerk_id: str
    clerk_name: str
    office_id: str
    device_id: str
    device_counter: int
    action: str
    reason: str = ""
    changes: list[object] = Field(default_factory=list, sa_type=JSON)
    snapshot: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class PersonEntry(SQLModel, table=True):
    """One findable person: the worker (member_id empty) or a member. ``seq`` is also the row of the search index."""

    __tablename__ = "person_entry"

    seq: int | None = Field(default=None, primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    member_id: str = ""
    name: str
    id_number: str | None = None
    birth_on: str | None = None
    phone: str | None = None
    numbers: str = ""
    """Every further searchable number, separated by blanks."""


class Draft(SQLModel, table=True):
    """What a clerk is typing, saved by itself; *archive_id* is empty for a new household."""

    __tablename__ = "draft"

    id: str = Field(primary_key=True)
    archive_id: str | None = Field(default=None, foreign_key="archive.id")
    base_revision: int = 0
    clerk_id: str
    title: str
    body: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    updated_at: str


class Attachment(SQLModel, table=True):
    """A photo or PDF of an archive. The file is age-encrypted to *secret*, which only this database holds."""

    __tablename__ = "attachment"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id", index=True)
    document_type: str
    name: str
    note: str = ""
    media_type: str
    size: int
    original_size: str = ""
    """Pixel size before shrinking, ``4000×3000``; empty when unchanged."""
    sha256: str
    stored_name: str
    stored_size: int
    stored_sha256: str
    secret: str
    added_at: str
    added_by: str
    removed_at: str | None = None


class DuplicatePair(SQLModel, table=True):
    """Two people of different archives who look alike, and what a clerk decided about them."""

    __tablename__ = "duplicate_pair"

    pair_key: str = Field(primary_key=True)
    """The keys of both people in order; see ``db.domain.look_alike.pair_key``."""
    first_archive_id: str = Field(foreign_key="archive.id")
    first_member_id: str = ""
    """Empty for the worker of the archive."""
    second_archive_id: str = Field(foreign_key="archive.id")
    second_member_id: str = ""
    state: str
    """``open``, ``same_person`` or ``different_people``."""
    score: int
    parts: list[object] = Field(default_factory=list, sa_type=JSON)
    """What the score was made of when the pair was found or decided."""
    first_id_number: str = ""
    """The ID numbers at that time: another number makes a decided pair worth a second look."""
    second_id_number: str = ""
    found_at: str
    decided_at: str | None = None
    decided_by: str = ""
    note: str = ""
    reopened_at: str | None = None
    """When a pair decided as different came back, because an ID number had changed."""
