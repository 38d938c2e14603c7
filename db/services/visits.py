"""Two machines of one office: the desk (办公室电脑) and laptops for home visits (外出电脑), and what is out on which.

The desk takes archives along on a laptop (外出包), for editing or for reading only; the laptop hands in what changed
(带回包). Both are bundles like any other: encrypted to the one machine, signed, numbered, read back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.field_kinds import printable
from db.errors import UserError
from db.exchange.card import OfficeCard
from db.services import partners
from db.services.machines import days_out, set_days_out
from db.services.office import OfficeProfile, OfficeSession, set_up_office, write_journal
from db.services.partners import Partner
from db.services.visit_receiving import apply_bundle, preview_bundle
from db.services.visit_sending import check_in, check_out
from db.store import bundle_store, visit_store
from db.store.visit_store import READ, WRITE

__all__ = [
    "ACCESS_LABELS",
    "READ",
    "WRITE",
    "OutItem",
    "VisitSummary",
    "apply_bundle",
    "call_off",
    "check_in",
    "check_out",
    "days_out",
    "find_laptop",
    "laptops",
    "out_items",
    "out_of",
    "preview_bundle",
    "set_days_out",
    "set_up_laptop",
    "short_name",
    "visit_summary",
]

ACCESS_LABELS = {WRITE: "可以修改", READ: "只能查看"}


def set_up_laptop(
    folder: Path, card: Path, laptop_name: str, clerk_name: str, passphrase: str, *, light: bool = False
) -> tuple[OfficeSession, str]:
    """Make the empty *folder* a home-visit laptop of the office whose *card* the desk wrote; session and recovery code.

    The laptop has its own passphrase, recovery code and exchange keys; its own card is enrolled at the desk next.
    """
    desk: OfficeCard = partners.read_card(card)
    if desk.laptop_of:
        raise UserError("card_of_laptop", name=desk.name)
    name = "".join(char for char in printable(laptop_name) if char not in "（）()").strip() or "外出电脑"
    profile = OfficeProfile(desk.id, desk.name, desk.level, desk.region_code, "", new_id(), name)
    session, code = set_up_office(folder, profile, clerk_name, passphrase, light=light)
    try:
        partners.enrol(session, card)
    except BaseException:
        session.close()
        raise
    return session, code


def laptops(session: OfficeSession) -> list[Partner]:
    """The home-visit laptops enrolled at this desk."""
    return [partner for partner in partners.list_partners(session) if partner.relation == "laptop"]


def find_laptop(session: OfficeSession, name: str = "") -> Partner:
    """The laptop meant by a part of its name, or the only one; UserError when that is not clear."""
    known = laptops(session)
    found = [laptop for laptop in known if name in laptop.name] if name else known
    told = "、".join(laptop.name for laptop in known)
    if not known:
        raise UserError("no_laptop")
    if not found:
        raise UserError("laptop_unknown", name=name, known=told)
    if len(found) > 1:
        raise UserError("several_laptops", known=told)
    return found[0]


def short_name(laptop: Partner) -> str:
    """How the office calls the laptop."""
    return partners.machine_name(laptop.relation, laptop.name)


# -- what is out --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutItem:
    """An archive that is out. *is_changed*: edited on this machine since; *is_new*: filed on this laptop."""

    laptop_id: str
    laptop_name: str
    archive_id: str
    archive_number: str
    name: str
    access: str
    out_at: str
    out_by: str
    is_changed: bool
    days: int
    is_overdue: bool
    is_new: bool = False

    @property
    def words(self) -> str:
        """``外出中 · 外出电脑一，自 2026-11-21，可以修改``."""
        return f"外出中 · {self.laptop_name}，自 {self.out_at[:10]}，{ACCESS_LABELS[self.access]}"


def out_items(session: OfficeSession) -> list[OutItem]:
    """Everything that is out (on a laptop: what it has here, also what was filed here), the longest out first."""
    limit = days_out(session)
    with session.database.reading() as connection:
        names = _laptop_names(connection, session)
        found = [_out_item(session, row, names, limit) for row in visit_store.out_now(connection)]
        if not session.office.is_laptop:
            return found
        taken = {item.archive_id for item in found}
        rows = visit_store.filed_here(connection, session.office.laptop_id, session.office.id)
        return found + [_out_item(session, row, names, limit) for row in rows if row["archive_id"] not in taken]


def _laptop_names(connection: Connection, session: OfficeSession) -> dict[str, str]:
    names = {row["id"]: partners.machine_name(row["relation"], row["name"]) for row in bundle_store.partners(connection)}
    return {**names, session.office.laptop_id: session.office.laptop_name}


def _out_item(session: OfficeSession, row: visit_store.Row, names: dict[str, str], limit: int) -> OutItem:
    days = (date.fromisoformat(session.today) - date.fromisoformat(row["out_at"][:10])).days
    keys = ("laptop_id", "archive_id", "archive_number", "name", "access", "out_at", "out_by")
    return OutItem(
        **{key: row[key] for key in keys},
        laptop_name=names.get(row["laptop_id"], "外出电脑"),
        is_changed=row["revision"] > row["base_revision"],
        days=days,
        is_overdue=days > limit,
        is_new=not row["sequence"],
    )


def out_of(session: OfficeSession, archive_id: str) -> list[OutItem]:
    """On which laptops this archive is now."""
    return [item for item in out_items(session) if item.archive_id == archive_id]


def call_off(session: OfficeSession, laptop_id: str, archive_ids: Collection[str] | None = None) -> int:
    """Wait no longer for what is out on a laptop that was lost, or for some of it; how many. Should it come back, it is still taken."""
    with session.database.writing() as connection:
        rows = [row for row in visit_store.out_now(connection) if row["laptop_id"] == laptop_id]
        wanted = [row for row in rows if archive_ids is None or row["archive_id"] in archive_ids]
        visit_store.close(connection, laptop_id, [(row["archive_id"], row["out_at"]) for row in wanted], session.now)
        write_journal(connection, session, "call_off_visit", {"laptop": laptop_id, "archives": len(wanted)})
    return len(wanted)


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """What the overview says. At the desk: what is out. On a laptop: what is here, and what the desk does not have yet."""

    out: int
    overdue: int
    laptops: int
    changed: int
    new: int


def visit_summary(session: OfficeSession) -> VisitSummary:
    """The figures of the overview."""
    items = out_items(session)
    changed: list[str] = []
    if session.office.is_laptop:
        with session.database.reading() as connection:
            changed = visit_store.changed_here(connection, session.office.laptop_id, session.office.id)
    taken = {item.archive_id for item in items if not item.is_new}
    return VisitSummary(
        out=len(taken) if session.office.is_laptop else len(items),
        overdue=sum(item.is_overdue for item in items),
        laptops=len({item.laptop_id for item in items}),
        changed=len(taken.intersection(changed)),
        new=len(set(changed) - taken),
    )
