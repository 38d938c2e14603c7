"""The states of an answer, applied: what arrived above, what is lost and goes out again, reviews, warnings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.money_words import money_words
from db.domain.review import Reason, ReviewOutcome
from db.exchange.bundle_answer import AnswerHead, StateLine, WarningRow, snapshot_mark
from db.exchange.bundle_beside import (
    BesideRows,
    HeldBeside,
    Trust,
    beside_fault,
    held_beside,
    store_beside,
    store_money_of,
    store_targets,
)
from db.services.answer_news import AnswerNews, ArchiveNews, ReviewNews, WarningNews
from db.services.bundle_outcomes import OUTCOME_LABELS
from db.services.hand_over_arrivals import apply_hand_overs
from db.services.office import OfficeSession
from db.store import answer_store, bundle_store, retention_store, review_store

Row = dict[str, Any]


@dataclass(slots=True)
class StateIntake:
    """Applies the state lines of one answer. What is not mentioned in any of them is not held above."""

    connection: Connection
    session: OfficeSession
    trust: Trust
    sender_name: str
    head: AnswerHead
    news: AnswerNews
    overtaken: bool = False
    """Whether a receipt written later has come before: what it says of later bundles stands."""
    _seen: set[str] = field(default_factory=set)

    def take(self, lines: Sequence[StateLine]) -> None:
        """Some of the states; of what this office has destroyed nothing is said any more."""
        self._seen.update(line.archive_id for line in lines)
        destroyed = retention_store.destroyed_on(self.connection, [line.archive_id for line in lines])
        lines = [line for line in lines if line.archive_id not in destroyed]
        rows = answer_store.submitted(self.connection, {line.archive_id: line.held for line in lines})
        here = [line for line in lines if line.archive_id in rows]
        self.news.missing += [line.archive_id for line in lines if line.archive_id not in rows and line.held]
        standing = [(line, rows[line.archive_id]) for line in here if not line.moved]
        self._settle([(row, line) for line, row in standing])
        self._take_beside(here, rows)
        self._take_warnings(here, rows)

    def finish(self) -> None:
        """Archives that went out once and were not mentioned; bundles that are accounted for."""
        unseen = [row for row in answer_store.all_submitted(self.connection, self.trust.sender_id) if row["id"] not in self._seen]
        destroyed = retention_store.destroyed_on(self.connection, [row["id"] for row in unseen])
        absent = [row for row in unseen if row["id"] not in destroyed]
        self._settle([(row, StateLine(row["id"], 0, "")) for row in absent])
        self._clear_warnings([row["id"] for row in absent], {row["id"]: row for row in absent}, set())
        received = set(self.head.received)
        answer_store.mark_receipted(self.connection, self.trust.sender_id, received, self.session.now)
        sent = answer_store.sent_sequences(self.connection, self.trust.sender_id, self.head.last)
        review_store.forget_exports(self.connection, set(sent) - received)
        self._continue_numbering()
        if self.news.missing:
            told = f"{self.sender_name}有 {len(self.news.missing)} 户本单位的档案，这台电脑里没有（可能恢复过备份）"
            later = f"下一次上报会请{self.sender_name}发回来；急用就请它下发时选“连同全部档案”"
            self.news.notes.append(f"{told}；{later}。")

    def _continue_numbering(self) -> None:
        """A machine restored from an old copy no longer knows which numbers its bundles have borne."""
        highest = max([self.head.last, *self.head.received], default=0)
        if highest >= bundle_store.next_sequence(self.connection, self.trust.sender_id):
            bundle_store.reserve_sequence(self.connection, self.trust.sender_id, highest)

    # -- what is held above

    def _settle(self, items: Sequence[tuple[Row, StateLine]]) -> None:
        """Note what the office above holds and what has to go out again."""
        changed = []
        received = set(self.head.received)
        for row, line in items:
            acknowledged = line.held if _is_ours(row, line) and not self._fills(row, line) else 0
            if self.overtaken and row["exported_sequence"] > self.head.last:
                acknowledged = max(acknowledged, row["acknowledged_revision"])
            exported = row["exported_revision"]
            if self._goes_out_again(row, line, acknowledged, received):
                exported = acknowledged
                self.news.lost.append(_news(row, revision=row["revision"], text=self._why_again(row, line)))
            if acknowledged > row["acknowledged_revision"]:
                self.news.acknowledged.append(_news(row, revision=acknowledged))
            if line.outcome is not None:
                told = OUTCOME_LABELS[line.outcome]
                self.news.set_aside.append(_news(row, text=f"{told}：{line.reason}" if line.reason else told))
            if (acknowledged, exported) != (row["acknowledged_revision"], row["exported_revision"]):
                changed.append({"id": row["id"], "acknowledged": acknowledged, "exported": exported})
        answer_store.set_state(self.connection, changed, self.session.now)

    def _goes_out_again(self, row: Row, line: StateLine, acknowledged: int, received: set[int]) -> bool:
        """Whether what counts as on its way or as arrived is not there after all."""
        if row["exported_sequence"] > self.head.last:
            return False  # on its way
        if line.held and not acknowledged:
            return bool(row["exported_revision"] or row["acknowledged_revision"])
        if row["exported_revision"] <= acknowledged:
            return False
        return row["exported_sequence"] not in received or line.outcome is None

    def _fills(self, row: Row, line: StateLine) -> bool:
        """Whether the history here has what that above lacks, and is not on its way already."""
        waits = row["exported_sequence"] <= self.head.last
        return waits and bool(line.lacks) and answer_store.has_any(self.connection, row["id"], line.lacks)

    def _why_again(self, row: Row, line: StateLine) -> str:
        if line.held and row["snapshot"] is None:
            return f"{self.sender_name}已有第 {line.held} 版，本机没有，可能恢复过备份"
        if line.held and not _is_ours(row, line):
            return f"{self.sender_name}的第 {line.held} 版与本机的不同，可能恢复过备份"
        if line.lacks and line.held:
            return f"{self.sender_name}缺少以前的变更记录，连同历史再报一次"
        return f"第 {row['exported_sequence']} 包里的这一版没有收到"

    # -- what is said beside

    def _take_beside(self, lines: Sequence[StateLine], rows: dict[str, Row]) -> None:
        with_rows = [line for line in lines if not line.beside.is_empty]
        held = held_beside(self.connection, [line.beside for line in with_rows])
        last = answer_store.last_reviews(self.connection, [key for line in with_rows for key in line.beside.ids])
        reviewed = []
        for line in with_rows:
            fault = beside_fault(line.beside, self.trust, held, line.archive_id)
            row = rows[line.archive_id]
            if fault:
                self.news.notes.append(f"{_news(row).label}：{fault}，没有采用。")
                continue
            came = store_money_of(self.connection, line.archive_id, line.beside, self.trust)
            self.news.money += [_news(row, money_words(item)) for item in (*came.grants, *came.payouts)]
            self.news.listed += bool(store_targets(self.connection, line.archive_id, line.beside))
            if not line.beside.ids or _is_known(line.beside, held, last, self.trust.own_id):
                continue
            here = held
            if line.beside.hand_overs:
                told = apply_hand_overs(self.connection, self.session, line.archive_id, line.beside.hand_overs)
                self.news.moved += [_news(row, sentence) for sentence in told]
                here = held_beside(self.connection, [line.beside])
            store_beside(self.connection, line.archive_id, line.beside, here, self.trust.own_id, self.trust)
            self._tell_reviews(line, row, held)
            if line.beside.reviews:
                reviewed.append(line.archive_id)
        review_store.follow_reviews(self.connection, reviewed)

    def _tell_reviews(self, line: StateLine, row: Row, held: HeldBeside) -> None:
        fresh = [review for review in line.beside.reviews if review["id"] not in held.reviews]
        for review in {review["office_id"]: review for review in fresh}.values():
            self.news.reviews.append(_review_news(row, review))

    # -- warnings

    def _take_warnings(self, lines: Sequence[StateLine], rows: dict[str, Row]) -> None:
        for line in lines:
            known = answer_store.warnings_here(self.connection, [warning.id for warning in line.warnings])
            for warning in line.warnings:
                home = known.get(warning.id)
                if warning.office_id != self.trust.own_id and (home is None or home["archive_id"] == line.archive_id):
                    self._take_warning(warning, rows[line.archive_id], home)
        kept = {warning.id for line in lines for warning in line.warnings}
        self._clear_warnings([line.archive_id for line in lines], rows, kept)

    def _take_warning(self, warning: WarningRow, row: Row, known: Row | None) -> None:
        if known is not None and known["cleared_at"] is None:
            return
        answer_store.put_warning(self.connection, row["id"], asdict(warning), reopen=known is not None)
        self.news.warnings.append(_warning_news(row, warning.member_id, warning.person_name, warning.kind, warning.office_name))

    def _clear_warnings(self, ids: Sequence[str], rows: dict[str, Row], kept: set[str]) -> None:
        """The list above is complete: what is not in it any more has been settled."""
        gone = [row for row in answer_store.open_warnings(self.connection, ids) if row["id"] not in kept]
        answer_store.clear_warnings(self.connection, [row["id"] for row in gone], self.session.now)
        for row in gone:
            told = (row["member_id"], row["person_name"], row["kind"], row["office_name"])
            self.news.warnings.append(_warning_news(rows[row["archive_id"]], *told, cleared=True))


def _is_known(beside: BesideRows, held: HeldBeside, last: set[str], own_id: str) -> bool:
    """Whether there are only reviews, all of them are here, and the last of each office counts as its last."""
    if beside.hand_overs or beside.merges or any(row["id"] not in held.reviews for row in beside.reviews):
        return False
    lasts = {row["office_id"]: row["id"] for row in beside.reviews if row["office_id"] != own_id}
    return last.issuperset(lasts.values())


def _is_ours(row: Row, line: StateLine) -> bool:
    """Whether the version held above is the one that bears its number here, by content."""
    return row["snapshot"] is not None and snapshot_mark(row["snapshot"]) == line.mark


def _news(row: Row, text: str = "", revision: int = 0) -> ArchiveNews:
    return ArchiveNews(
        archive_id=row["id"], archive_number=row["archive_number"], name=row["name"], text=text, revision=revision
    )


def _review_news(row: Row, review: Row) -> ReviewNews:
    return ReviewNews(
        archive_id=row["id"],
        archive_number=row["archive_number"],
        name=row["name"],
        revision=review["archive_revision"],
        review_id=review["id"],
        outcome=ReviewOutcome(review["outcome"]),
        is_current=review["archive_revision"] == row["revision"],
        office_name=review["office_name"],
        office_level=review["office_level"],
        reasons=tuple(Reason.from_json(reason) for reason in review["reasons"]),
        class_label=review["class_label"],
        level_label=review["level_label"],
        worker_number=review["worker_number"],
        remarks=review["remarks"],
        due_on=review["due_on"],
        made_at=review["made_at"],
    )


def _warning_news(
    row: Row, member_id: str, person: str, kind: str, office_name: str, *, cleared: bool = False
) -> WarningNews:
    return WarningNews(
        archive_id=row["id"],
        archive_number=row["archive_number"],
        name=row["name"],
        member_id=member_id,
        person_name=person,
        kind=kind,
        office_name=office_name,
        cleared=cleared,
    )


