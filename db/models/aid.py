"""Tables of the money: grants, what was paid upon them, payment lists, and papers that belong to no archive.

Grants and payouts stand beside an archive and belong to the office that made them, as reviews do; amounts are 分.
"""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class AidGrant(SQLModel, table=True):
    """What an office has granted to a household: fixed once made; what becomes of it is told by its payouts."""

    __tablename__ = "aid_grant"

    id: str = Field(primary_key=True)
    archive_id: str = Field(foreign_key="archive.id")
    application_id: str | None = None
    office_id: str
    office_name: str
    office_level: str
    item: str
    programme_id: str | None = None
    programme_title: str
    person: str
    recipient_name: str
    recipient_number: str
    school_stage: str
    household_group: str
    hardship_class: str
    year: int
    amount: int
    goods: str
    fund_id: str
    fund_source: str
    fund_name: str
    cap_left: int | None = None
    excess_reason: str
    granted_on: str
    made_at: str
    clerk_id: str
    clerk_name: str
    device_id: str
    device_counter: int
    exported_sequence: int


class Payout(SQLModel, table=True):
    """What became of a grant: paid, failed, given up before, or money that came back. Nothing is ever changed."""

    __tablename__ = "payout"

    id: str = Field(primary_key=True)
    grant_id: str = Field(foreign_key="aid_grant.id")
    archive_id: str = Field(foreign_key="archive.id")
    office_id: str
    office_name: str
    office_level: str
    list_number: str
    outcome: str
    method: str
    amount: int
    on_day: str
    payee_name: str
    bank: str
    account: str
    reason: str
    made_at: str
    clerk_id: str
    clerk_name: str
    device_id: str
    device_counter: int
    exported_sequence: int


class FundSum(SQLModel, table=True):
    """What an office has granted and paid from a source, told by its grants and payouts; triggers keep it."""

    __tablename__ = "fund_sum"

    office_id: str = Field(primary_key=True)
    fund_id: str = Field(primary_key=True)
    granted: int
    settled: int
    """Of that: paid or given up."""
    paid: int
    came_back: int


class PaymentList(SQLModel, table=True):
    """A list of payments of this office on its way from draft to closed (see :mod:`db.domain.aid.list_flow`)."""

    __tablename__ = "payment_list"

    id: str = Field(primary_key=True)
    number: str
    title: str
    method: str
    state: str
    note: str
    made_at: str
    made_by: str
    locked_at: str | None = None
    locked_by_id: str
    locked_by: str
    content_sha256: str
    approved_at: str | None = None
    approved_by_id: str
    approved_by: str
    approval_paper_id: str | None = None
    sent_at: str | None = None
    sent_layout: str
    sent_sha256: str
    closed_at: str | None = None


class PaymentLine(SQLModel, table=True):
    """One payment of a list, with name and account as they were when the list was locked."""

    __tablename__ = "payment_line"

    id: str = Field(primary_key=True)
    list_id: str = Field(foreign_key="payment_list.id")
    position: int
    grant_id: str = Field(foreign_key="aid_grant.id")
    archive_id: str = Field(foreign_key="archive.id")
    payee_name: str
    id_number: str
    employer: str
    item: str
    fund_name: str
    amount: int
    goods: str
    bank: str
    branch: str
    account: str
    phone: str
    note: str
    state: str
    failure: str


class OfficePaper(SQLModel, table=True):
    """A photo or PDF that belongs to no archive: a signed list, a poster. Encrypted like attachments."""

    __tablename__ = "office_paper"

    id: str = Field(primary_key=True)
    owner_kind: str
    owner_id: str
    name: str
    note: str
    media_type: str
    size: int
    sha256: str
    stored_name: str
    stored_size: int
    stored_sha256: str
    secret: str
    added_at: str
    added_by: str
    removed_at: str | None = None


class ReportCopy(SQLModel, table=True):
    """A statistical table as it was handed in: its figures, over which offices and days, and how it was laid out."""

    __tablename__ = "report_copy"

    id: str = Field(primary_key=True)
    report_id: str
    title: str
    year: int
    begins: str
    ends: str
    office_id: str
    offices: list[str] = Field(default_factory=list, sa_type=JSON)
    figures: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """Measured figures by code, exact: 分 or whole things."""
    layout: str
    """The table's own declaration as it was."""
    note: str
    made_at: str
    clerk_id: str
    clerk_name: str
