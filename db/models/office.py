"""Tables of the office itself: settings, clerks, partners, bundles, backups and the journal."""

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class OfficeSetting(SQLModel, table=True):
    """A named value of the office, JSON text."""

    __tablename__ = "office_setting"

    key: str = Field(primary_key=True)
    value: str


class Clerk(SQLModel, table=True):
    """A person who signs in (经办人). Kept for ever: old revisions name them."""

    __tablename__ = "clerk"

    id: str = Field(primary_key=True)
    name: str
    is_active: bool = True
    created_at: str


class PartnerOffice(SQLModel, table=True):
    """An office enrolled by its card: whom we send to or receive from, with its public keys."""

    __tablename__ = "partner_office"

    id: str = Field(primary_key=True)
    name: str
    level: str
    region_code: str
    relation: str
    """``parent`` or ``child``, seen from this office; ``laptop`` or ``desk`` between the machines of one office."""
    recipient: str
    """age X25519 recipient."""
    verify_key: str
    """Ed25519 public key, hex."""
    enrolled_at: str
    enrolled_by: str
    revoked_at: str | None = None
    """Since when nothing signed with its present keys is taken; None while it is trusted."""


class Bundle(SQLModel, table=True):
    """One data bundle sent or received."""

    __tablename__ = "bundle"

    id: str = Field(primary_key=True)
    direction: str
    """``sent`` or ``received``."""
    kind: str
    """A :class:`db.exchange.bundle_format.BundleKind`."""
    partner_id: str
    sequence: int
    payload_sha256: str
    previous_sha256: str = ""
    file_name: str
    created_at: str
    handled_at: str
    handled_by: str
    archive_count: int = 0
    attachment_count: int = 0
    payload_bytes: int = 0
    receipted_at: str | None = None
    summary: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    undone_at: str | None = None
    """When a received bundle was undone; it counts as never received since."""
    undone_by: str = ""


class BundleItem(SQLModel, table=True):
    """One archive in a bundle, with its revision then and what became of it."""

    __tablename__ = "bundle_item"

    bundle_id: str = Field(primary_key=True, foreign_key="bundle.id")
    archive_id: str = Field(primary_key=True)
    revision: int
    outcome: str = ""


class Backup(SQLModel, table=True):
    """A finished, verified backup."""

    __tablename__ = "backup"

    id: str = Field(primary_key=True)
    made_at: str
    folder: str
    name: str
    size: int
    reason: str
    gone_on: str | None = None
    """The day on which somebody made sure that it can be read no more; None while it may lie somewhere."""
    gone_how: str = ""
    gone_by: str = ""


class PaperOut(SQLModel, table=True):
    """A paper or a file that left the program: what it is called, how it left, who took it out. It stays in this office."""

    __tablename__ = "paper_out"

    seq: int | None = Field(default=None, primary_key=True)
    made_at: str
    clerk_id: str
    clerk_name: str
    title: str
    way: str
    households: int


class PaperOutArchive(SQLModel, table=True):
    """A short number for an archive of which papers left the program."""

    __tablename__ = "paper_out_archive"

    seq: int | None = Field(default=None, primary_key=True)
    archive_id: str = Field(unique=True)


class PaperOutItem(SQLModel, table=True):
    """A paper is about an archive."""

    __tablename__ = "paper_out_item"

    archive_seq: int = Field(primary_key=True, foreign_key="paper_out_archive.seq")
    paper_seq: int = Field(primary_key=True, foreign_key="paper_out.seq")


class JournalEntry(SQLModel, table=True):
    """What was done in the office besides editing archives: sign-ins, prints, exports, enrolments."""

    __tablename__ = "journal"

    seq: int | None = Field(default=None, primary_key=True)
    made_at: str
    clerk_id: str
    action: str
    detail: dict[str, object] = Field(default_factory=dict, sa_type=JSON)


class NationalEntry(SQLModel, table=True):
    """An archive that was typed into the national system (全国工会帮扶工作管理系统): when, by whom, which revision.

    It tells what this office did and stays here; typing in again replaces it, the journal keeps every time.
    """

    __tablename__ = "national_entry"

    archive_id: str = Field(primary_key=True, foreign_key="archive.id")
    revision: int
    entered_at: str
    clerk_id: str
    clerk_name: str
    worker_number: str = ""
    """The 职工编号 that came back; empty while the national system has not given one."""
