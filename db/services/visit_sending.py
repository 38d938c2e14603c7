"""Bundles between the machines of one office: what goes along on a laptop, and what the laptop hands in."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from db.domain.records.aid_service import HOUSEHOLD
from db.domain.records.record_form import RecordKind
from db.errors import Progress, UserError
from db.exchange import bundle_records
from db.exchange.bundle_format import BundleKind, Counts, OfficeName
from db.exchange.bundle_register import entry_lines
from db.exchange.bundle_visit import VisitHead, VisitItemLine, policy_lines
from db.exchange.bundle_write import AttachmentFile, BundlePlan, write_bundle
from db.exchange.card import LEVELS
from db.exchange.identity import exchange_keys
from db.services import policy_library
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.ownership import standing
from db.services.partners import machine_name, refuse_revoked
from db.services.sending import BundleSummary, Sender, make_manifest
from db.store import archive_store, bundle_store, policy_store, record_store, visit_store
from db.store.bundle_store import Row
from db.store.visit_store import READ, WRITE

_NAMED = 3
"""How many households a refusal names."""


def check_out(
    session: OfficeSession,
    laptop_id: str,
    ids: Sequence[str],
    access: str | Mapping[str, str],
    target_folder: Path,
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> BundleSummary:
    """Write the archives *ids* for a laptop, with their whole history, casework and papers, and note that they are out.

    *access*: ``write`` or ``read``, for all or by id. What is out for editing already goes out only with *again*.
    """
    if session.office.is_laptop:
        raise UserError("visit_only_desk")
    chosen = list(dict.fromkeys(ids))
    if not chosen:
        raise UserError("visit_nothing")
    scope = {key: access if isinstance(access, str) else access.get(key, READ) for key in chosen}
    with session.database.reading() as connection:
        partner = _laptop(connection, laptop_id)
        _check_scope(connection, session, scope, again=again)
        revisions = {row["archive_id"]: row["revision"] for row in bundle_store.revisions_of(connection, chosen)}
        items = [VisitItemLine(key, scope[key], revisions[key], session.now) for key in chosen if key in revisions]
        head = VisitHead(session.office.id, laptop_id, items, policy_library.chosen_id(session))
        texts = [row for kind in ("pack", "standards") for row in policy_store.current(connection, kind)]
        plan = _plan(connection, session, partner, BundleKind.VISIT_OUT, head, chosen, texts)
        written = write_bundle(plan, exchange_keys(session.database), target_folder, progress)

    def note(connection: Connection, summary: BundleSummary) -> None:
        rows = [_item_row(item, laptop_id, summary.sequence, session.clerk.name) for item in items]
        visit_store.put(connection, rows)

    rows: list[Row] = [{"archive_id": key, "revision": revisions[key], "outcome": ""} for key in chosen]
    return Sender(session, partner, plan.manifest, written, also=note).record(rows)


def _item_row(item: VisitItemLine, laptop_id: str, sequence: int, clerk: str) -> Row:
    return {
        "laptop_id": laptop_id,
        "archive_id": item.archive_id,
        "access": item.access,
        "base_revision": item.base_revision,
        "sequence": sequence,
        "out_at": item.out_at,
        "out_by": clerk,
        "back_at": None,
    }


def _laptop(connection: Connection, laptop_id: str) -> Row:
    partner = bundle_store.partner(connection, laptop_id)
    if partner is None or partner["relation"] != "laptop":
        known = "、".join(row["name"] for row in bundle_store.partners(connection) if row["relation"] == "laptop")
        raise UserError("laptop_unknown", name=partner["name"] if partner else laptop_id, known=known or "（没有）")
    refuse_revoked(partner, "laptop_revoked")
    return partner


def _check_scope(connection: Connection, session: OfficeSession, scope: Mapping[str, str], *, again: bool) -> None:
    """Only what may be edited here goes out for editing, and each on one laptop at a time."""
    labels = bundle_store.archive_labels(connection, scope)
    if len(labels) < len(scope):
        raise UserError("archives_to_export_gone", count=len(scope) - len(labels))
    editable = [key for key, access in scope.items() if access == WRITE]
    stored = archive_store.load_many(connection, editable)
    foreign = [item.id for item in stored if not standing(connection, session, item).may_change]
    if foreign:
        raise UserError("visit_foreign_write", count=len(foreign), name=_some_names(foreign, labels))
    out = [row for row in visit_store.out_of(connection, editable) if row["access"] == WRITE]
    if out and not again:
        names = {row["id"]: machine_name(row["relation"], row["name"]) for row in bundle_store.partners(connection)}
        keys = list(dict.fromkeys(row["archive_id"] for row in out))
        where = "、".join(dict.fromkeys(names.get(row["laptop_id"], "外出电脑") for row in out))
        raise UserError("visit_already_out", count=len(keys), laptop=where, name=_some_names(keys, labels))


def _some_names(ids: Sequence[str], labels: Mapping[str, tuple[str, str]]) -> str:
    return "、".join(labels[key][1] or labels[key][0] for key in ids[:_NAMED])


def _plan(
    connection: Connection,
    session: OfficeSession,
    partner: Row,
    kind: BundleKind,
    head: VisitHead,
    ids: list[str],
    texts: Sequence[Row] = (),
) -> BundlePlan:
    archives, incomplete = bundle_store.archive_totals(connection, ids)
    folder = session.folder / ATTACHMENTS
    files = [
        AttachmentFile(folder / row["stored_name"], row["stored_sha256"], row["stored_size"], row["name"])
        for row in bundle_store.attachment_files(connection, ids)
    ]
    counts = Counts(archives, incomplete, len(files), sum(file.size for file in files))
    owners = set(bundle_store.owners_of(connection, ids)) - {session.office.id}
    names = [OfficeName(owner, name) for owner, name in bundle_store.office_names(connection).items() if owner in owners]
    along = set(ids)
    known = record_store.office_records_out(connection, [session.office.id, *_offices_above(connection)])
    # what was done for a household goes along with its archive alone
    entries = [row for row in known if row["kind"] != RecordKind.OFFICE_SERVICE or row["content"]["values"].get(HOUSEHOLD) in along]
    records = 1 + len(texts) + len(entries) + archives
    manifest = make_manifest(connection, session, partner, kind, counts, offices=names, records=records)
    levels = frozenset(LEVELS) if kind is BundleKind.VISIT_OUT else frozenset()

    def lines() -> Iterator[bytes]:
        yield head.to_line()
        yield from policy_lines(texts)
        yield from entry_lines(entries)
        yield from bundle_records.archive_lines(connection, ids, full=True, levels=levels)

    return BundlePlan(manifest, lines, files, partner["recipient"])


def _offices_above(connection: Connection) -> list[str]:
    return [row["id"] for row in bundle_store.partners(connection) if row["relation"] == "parent"]


def check_in(
    session: OfficeSession, target_folder: Path, progress: Progress | None = None, *, everything: bool = False
) -> BundleSummary:
    """On the laptop: write everything that changed or is new for the desk, and tell it what comes back unchanged.

    With *everything* also what the desk has acknowledged: it may have gone back to a backup since.
    """
    office = session.office
    if not office.is_laptop:
        raise UserError("visit_only_laptop")
    with session.database.reading() as connection:
        desk = bundle_store.partner(connection, office.id)
        if desk is None:
            raise UserError("visit_no_desk")
        here = visit_store.of_laptop(connection, office.laptop_id)
        changed = visit_store.changed_here(connection, office.laptop_id, office.id, everything=everything)
        items = [
            VisitItemLine(row["archive_id"], row["access"], row["base_revision"], row["out_at"])
            for row in here.values()
            if row["back_at"] is None
        ]
        if not items and not changed:
            raise UserError("visit_nothing_back")
        plan = _plan(
            connection, session, desk, BundleKind.VISIT_BACK, VisitHead(office.id, office.laptop_id, items), changed
        )
        rows = bundle_store.revisions_of(connection, changed)
        written = write_bundle(plan, exchange_keys(session.database), target_folder, progress)

    def note(connection: Connection, summary: BundleSummary) -> None:
        bundle_store.mark_exported(connection, rows, summary.sequence)
        filed = [
            VisitItemLine(row["archive_id"], WRITE, row["revision"], summary.created_at)
            for row in rows
            if row["archive_id"] not in here
        ]
        visit_store.put(connection, [_item_row(item, office.laptop_id, 0, session.clerk.name) for item in filed])

    return Sender(session, desk, plan.manifest, written, also=note).record(rows)
