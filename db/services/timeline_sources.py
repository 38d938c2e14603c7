"""Where the events of a timeline come from: the history of the archive, and the tables that hang on its versions."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from db.domain.aid.money_words import money_words
from db.domain.case_detail import BY_KEY, DetailKind
from db.domain.case_flow import RULES
from db.domain.case_words import STAGE_LABELS, Act, Stage
from db.domain.change_diff import ATTACHMENT, Change
from db.domain.hand_over import STATE_LABELS, HandOverState
from db.domain.masking import HIDDEN, masked_words
from db.domain.records.catalogue import FORMS
from db.domain.records.record_changes import record_changes
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind, read_record
from db.domain.review import OUTCOME_VERBS, STEP_LABELS, Reason, ReviewOutcome, ReviewStep
from db.domain.timeline import EventKind, Place, TimelineEvent
from db.services.answer_news import WARNING_LABELS
from db.services.bundle_outcomes import OUTCOME_LABELS
from db.services.casework import detail_words
from db.services.conflicts import SOURCES
from db.services.duplicates import STATE_LABELS as PAIR_LABELS
from db.services.duplicates import PairState
from db.services.paper_trail import BANK_FILE, WAY_VERBS, WayOut
from db.services.revisions import ACTION_LABELS
from db.services.verdicts import class_level_words
from db.store import (
    aid_store,
    bank_file_store,
    bundle_store,
    case_store,
    hand_over_store,
    merge_store,
    national_store,
    paper_trail_store,
    record_store,
    review_store,
    service_store,
    timeline_store,
)

Row = dict[str, Any]
Mark = tuple[str, int]
"""A machine and the number its counter had: names a version in whatever order two histories were joined."""

_PAPERS = frozenset({"attach", "detach", "annotate"})
_MOVES = frozenset({"merge_archives", "merged", "unmerge", "hand_over", "hand_over_withdrawn", "take_over"})
_MEANS = frozenset({"means", "assess", "decide"})
_NOTICE = frozenset({Act.POST, Act.OBJECT, Act.SETTLE, Act.UPHOLD, Act.END_NOTICE})
_RECORD_KINDS = {
    RecordKind.HOME_VISIT: EventKind.VISIT,
    RecordKind.PAIRING: EventKind.PAIRING,
    RecordKind.HELP_PLAN: EventKind.PAIRING,
    RecordKind.MEASURE: EventKind.PAIRING,
    RecordKind.MONITORING: EventKind.MONITORING,
    RecordKind.AID_APPLICATION: EventKind.AID,
    RecordKind.AID_SERVICE: EventKind.AID,
    RecordKind.OFFICE_SERVICE: EventKind.AID,
    RecordKind.STUDENT: EventKind.AID,
    RecordKind.GRADUATE: EventKind.AID,
    RecordKind.SPONSORSHIP: EventKind.AID,
    RecordKind.WORK_PLACEMENT: EventKind.AID,
}
_BUNDLE_WORDS = {
    ("sent", "archives"): "随数据包上报{to}",
    ("received", "archives"): "随数据包从{frm}收到",
    ("sent", "answer"): "随下发包发给{to}",
    ("received", "answer"): "随{frm}的下发包读入",
    ("sent", "visit_out"): "随外出包带到{to}",
    ("received", "visit_out"): "随外出包从{frm}带来",
    ("sent", "visit_back"): "随带回包交回{to}",
    ("received", "visit_back"): "随带回包从{frm}带回",
    ("sent", "receipt"): "给{to}写了回执",
    ("received", "receipt"): "读入{frm}的回执",
}


@dataclass(slots=True)
class Source:
    """One archive as its events are read: the transaction, the office that looks, the names of offices."""

    connection: Connection
    own_id: str
    archive_id: str
    office_names: dict[str, str]
    is_merged: bool = False
    """Whether it is told as part of the archive it was merged into; that one tells of the merge."""
    masked: bool = False
    """Whether answers that identify are hidden, for readers outside the office."""
    numbers: dict[Mark, int] = field(default_factory=dict)
    reasons: dict[Mark, str] = field(default_factory=dict)
    """What the history says of each version."""
    actions: set[str] = field(default_factory=set)
    """Every kind of version there is."""

    def who(self, row: Row) -> str:
        """Clerk, with the office where it is not this one."""
        office = "" if row["office_id"] == self.own_id else self.office_names.get(row["office_id"], "其他单位")
        return f"{office} {row['clerk_name']}".strip()

    def revision(self, row: Row) -> int:
        """The version a row of casework made, in this history."""
        return self.numbers.get(_mark(row)) or int(row["archive_revision"])


def _mark(row: Row) -> Mark:
    return row["device_id"], row["device_counter"]


def events(source: Source) -> list[TimelineEvent]:
    """Every event of one archive, in no order."""
    rows = timeline_store.revisions(source.connection, source.archive_id)
    source.numbers = {_mark(row): row["revision"] for row in rows}
    source.reasons = {_mark(row): row["reason"] for row in rows}
    others = _others(source)
    beside = [*_steps(source), *_records(source), *_assessments(source), *_decisions(source)]
    told = {mark for mark, _ in beside}
    found = [_revision(source, row, others.get(row["revision"], "")) for row in rows if _mark(row) not in told]
    found += [event for _, event in beside]
    source.actions = {row["action"] for row in rows}
    for part in _BESIDE:
        found += part(source)
    return found if source.is_merged else found + list(_undone_merges(source))


# -- versions ------------------------------------------------------------------------------------------------------


def _others(source: Source) -> dict[int, str]:
    """By version, the archive that it was merged with."""
    kept = merge_store.merges_into(source.connection, source.archive_id)
    merged = merge_store.merges_of(source.connection, [source.archive_id])
    found = {row["kept_revision_after"]: row["merged_archive_id"] for row in kept}
    return found | {row["merged_revision"]: row["kept_archive_id"] for row in merged}


def _revision(source: Source, row: Row, other: str) -> TimelineEvent:
    action = row["action"]
    changes = [Change.from_json(change) for change in json.loads(row["changes"])]
    kind, place = EventKind.FORM, Place("history", str(row["revision"]))
    if action in _PAPERS:
        kind, place = EventKind.PAPER, Place("papers")
    elif action in _MOVES:
        kind = EventKind.MOVE
        place = Place("archive", other) if other and action in {"merge_archives", "merged"} else place
    elif action == "grant":
        kind = EventKind.AID
    elif action in _MEANS:
        kind, place = EventKind.MEANS, Place("means" if action == "means" else "assessment")
    return TimelineEvent(
        kind=kind,
        on=row["made_at"][:10],
        recorded_at=row["made_at"],
        title=ACTION_LABELS.get(action, str(action)),
        lines=tuple(_said(source, row) + [change_line(change, masked=source.masked) for change in changes]),
        who=source.who(row),
        place=place,
        revision=row["revision"],
    )


def _said(source: Source, row: Row) -> list[str]:
    """The reason of a version; of what a clerk wrote freely outsiders read nothing, it may name an illness."""
    reason: str = row["reason"]
    if source.masked:
        reason = "" if row["action"] in {"create", "amend", "restore"} else reason.partition("：")[0]
    return [reason] if reason else []


def change_line(change: Change, *, masked: bool = False) -> str:
    """A change in one line: ``联系电话：139… → 138…``."""
    old, new = change.old_text, change.new_text
    spec = change.spec
    if masked and spec is not None:
        old, new = masked_words(spec, change.old), masked_words(spec, change.new)
    elif masked and change.field == ATTACHMENT:  # the name of a paper may tell an illness, its kind does not
        old, new = old.partition(" ")[0], new.partition(" ")[0]
    if change.field.startswith("@"):  # beside the form: the action says what it is
        return f"{old} → {new}" if old and new else new or old
    if not change.field or not old or not new:
        told = new or (f"去掉“{old}”" if old else "")
        return f"{change.label}：{told}" if told else change.label
    return f"{change.label}：{old} → {new}"


# -- casework ------------------------------------------------------------------------------------------------------

Marked = tuple[Mark, TimelineEvent]


def _counted(source: Source) -> set[tuple[str, str]]:
    """Act and moment of every step and review that led the case on."""
    case = case_store.events_of(source.connection, [source.archive_id])[source.archive_id]
    return {(event.step.act.value, event.made_at) for event, _state, counted in case.told() if counted}


def _steps(source: Source) -> Iterator[Marked]:
    rows = timeline_store.steps(source.connection, source.archive_id)
    counted = _counted(source) if rows else set()
    for row in rows:
        act = Act(row["act"])
        detail: dict[str, str] = json.loads(row["detail"])
        lines = [f"{BY_KEY[key].label}：{_detail(source, key, value)}" for key, value in detail.items() if key in BY_KEY]
        if "to_stage" in detail:
            lines.insert(0, f"退回到“{STAGE_LABELS[Stage(detail['to_stage'])]}”")
        if act is Act.POST and "ends_on" in detail:
            lines.append(f"公示到：{detail['ends_on']}")
        yield (
            _mark(row),
            TimelineEvent(
                kind=EventKind.NOTICE if act in _NOTICE else EventKind.CASE,
                on=row["on_day"],
                recorded_at=row["made_at"],
                title=RULES[act].label,
                lines=tuple(lines),
                who=source.who(row),
                place=Place("case", act.value),
                revision=source.revision(row),
                counts=(act.value, row["made_at"]) in counted,
            ),
        )


def _detail(source: Source, key: str, value: str) -> str:
    return HIDDEN if source.masked and BY_KEY[key].kind is DetailKind.TEXT else detail_words(key, value)


def _free(source: Source, words: str) -> str:
    """What somebody wrote freely, as this reader may see it."""
    return HIDDEN if source.masked and words else words


def _records(source: Source) -> Iterator[Marked]:
    yield from _versions(source, record_store.all_versions_of(source.connection, source.archive_id))


def _services(source: Source) -> Iterator[TimelineEvent]:
    """What other offices did for the household, which makes no version of its archive."""
    rows = service_store.of_offices(source.connection, [source.archive_id], every_version=True)
    for _, event in _versions(source, [{**row, "archive_revision": 0} for row in rows]):
        yield replace(event, phase=7, revision=0, place=Place("aid"))


def _versions(source: Source, rows: Iterable[Row]) -> Iterator[Marked]:
    known: dict[str, RecordContent] = {}
    for row in rows:
        form = FORMS[RecordKind(row["kind"])]
        content = read_record(row["content"])
        before = known.get(row["record_id"])
        known[row["record_id"]] = content
        what = "删除" if row["is_removed"] else "修改" if before else ""
        yield (
            _mark(row),
            TimelineEvent(
                kind=_RECORD_KINDS.get(form.kind, EventKind.OTHER),
                on=row["made_at"][:10] if what else row["on_day"] or row["made_at"][:10],
                recorded_at=row["made_at"],
                title=f"{what}{form.title}",
                lines=tuple(_record_words(source, form, content, before, is_removed=bool(row["is_removed"]))),
                who=source.who(row),
                place=Place("record", row["record_id"]),
                revision=source.revision(row),
            ),
        )


_IN_THE_LINE = frozenset({"cadre_name", "cadre_unit"})
_ID = "_id"
"""How answers end that name another record and say nothing to people."""
FREE_LINES = frozenset(
    {RecordKind.HELP_PLAN, RecordKind.MEASURE, *(kind for kind, told in _RECORD_KINDS.items() if told is EventKind.AID)}
)
"""Records whose own line is written freely, or names a child."""


def _record_words(
    source: Source, form: RecordForm, content: RecordContent, before: RecordContent | None, *, is_removed: bool
) -> list[str]:
    if source.masked:
        return [] if form.kind in FREE_LINES else [form.line(content)]
    if is_removed:
        return [form.line(content)]
    return [form.line(content), *(record_lines(form, content) if before is None else record_changes(form, before, content))]


def record_lines(form: RecordForm, content: RecordContent) -> list[str]:
    """What a record says beyond its own line: its answers with their captions, and how many rows it has."""
    said = form.line(content)
    lines = []
    for spec in form.fields:
        words = form.words(content, spec.key)
        if words and spec.key not in _IN_THE_LINE and not spec.key.endswith(_ID) and words not in said:
            lines.append(f"{spec.label}：{words}")
    rows = ((section.title, len(content.rows.get(key, ()))) for key, section in form.repeated.items())
    return lines + [f"{title}：{number} 行" for title, number in rows if number]


def _assessments(source: Source) -> Iterator[Marked]:
    for row in timeline_store.assessments(source.connection, source.archive_id):
        words = class_level_words(row["suggested_class_label"], row["suggested_level_label"])
        told = source.reasons.get(_mark(row)) or f"{words or '不属于任何一类'}（政策 {row['policy_id']} 第 {row['policy_version']} 版）"
        lines = [told, *([f"建议 {row['recheck_on']} 再核对"] if row["recheck_on"] else [])]
        yield _mark(row), _assessed(source, row, "认定建议", lines, row["assessed_on"])


def _decisions(source: Source) -> Iterator[Marked]:
    for row in timeline_store.decisions(source.connection, source.archive_id):
        words = class_level_words(row["decided_class_label"], row["decided_level_label"]) or "不列入任何困难类别"
        lines = [words, *([f"理由：{_free(source, row['reason'])}"] if row["reason"] else [])]
        yield _mark(row), _assessed(source, row, "认定决定", lines, row["made_at"][:10])


def _assessed(source: Source, row: Row, title: str, lines: list[str], on: str) -> TimelineEvent:
    return TimelineEvent(
        kind=EventKind.MEANS,
        on=on,
        recorded_at=row["made_at"],
        title=title,
        lines=tuple(lines),
        who=source.who(row),
        place=Place("assessment", row["id"]),
        revision=source.revision(row),
    )


# -- what hangs on a version ---------------------------------------------------------------------------------------


def _beside(
    kind: EventKind, at: str, title: str, lines: Iterable[str], who: str, revision: int, phase: int, **more: Any
) -> TimelineEvent:
    told = tuple(line for line in lines if line)
    return TimelineEvent(kind, at[:10], at, title, told, who, revision=revision, phase=phase, **more)


def _reviews(source: Source) -> Iterator[TimelineEvent]:
    counted = None
    for row in review_store.reviews_of(source.connection, source.archive_id):
        counted = _counted(source) if counted is None else counted
        outcome, step = ReviewOutcome(row["outcome"]), ReviewStep(row["step"])
        words = class_level_words(row["class_label"], row["level_label"])
        reasons = [Reason.from_json(item) for item in row["reasons"]]
        lines = [(replace(reason, text="") if source.masked else reason).words for reason in reasons]
        lines += [f"类别：{words}" if words else "", f"职工编号：{row['worker_number']}" if row["worker_number"] else ""]
        lines += [_free(source, row["remarks"]), f"请在 {row['due_on']} 以前补正" if row["due_on"] else ""]
        title = f"{STEP_LABELS[step]}{OUTCOME_VERBS[outcome]}（第 {row['archive_revision']} 版）"
        who = f"{row['office_name']} {row['clerk_name']}"
        is_final = step is ReviewStep.FINAL
        counts = not is_final or row["office_id"] == source.own_id or (outcome.value, row["made_at"]) in counted
        yield _beside(
            EventKind.REVIEW, row["made_at"], title, lines, who, row["archive_revision"], 2, counts=counts, place=Place("case")
        )


def _bundles(source: Source) -> Iterator[TimelineEvent]:
    for row in timeline_store.bundles_with(source.connection, source.archive_id):
        name = row["partner_name"] or "其他单位"
        words = _BUNDLE_WORDS[row["direction"], row["kind"]].format(to=name, frm=name)
        outcome = next((words for key, words in OUTCOME_LABELS.items() if key == row["outcome"]), "")
        lines = [
            f"第 {row['sequence']} 包，第 {row['revision']} 版" + (f"：{outcome}" if outcome else ""),
            f"已于 {row['undone_at'][:10]} 由{row['undone_by']}撤销" if row["undone_at"] else "",
        ]
        yield _beside(
            EventKind.EXCHANGE, row["handled_at"], words, lines, row["handled_by"], row["revision"], 3,
            counts=row["undone_at"] is None, place=Place("exchange"),
        )  # fmt: skip


def _hand_overs(source: Source) -> Iterator[TimelineEvent]:
    for row in hand_over_store.hand_overs_of(source.connection, source.archive_id):
        revision = row["archive_revision"]
        wanted = row["wanted_office_name"] or "（未写明）"
        lines = [f"{row['from_office_name']} → {wanted}", f"原因：{_free(source, row['reason'])}" if row["reason"] else ""]
        if "hand_over" not in source.actions:  # else its own version tells of it
            yield _beside(EventKind.MOVE, row["requested_at"], "申请移交", lines, row["requested_by"], revision, 5)
        if row["decided_at"]:
            state = STATE_LABELS[HandOverState(row["state"])]
            told = [f"转到{row['to_office_name']}" if row["to_office_name"] else "", _free(source, row["note"])]
            who = f"{row['decided_office']} {row['decided_by']}".strip()
            yield _beside(EventKind.MOVE, row["decided_at"], f"移交：{state}", told, who, revision, 6)


def _trips(source: Source) -> Iterator[TimelineEvent]:
    """Trips that were called off; the others are told by the bundles that took the archive out and back."""
    bundles = timeline_store.bundles_with(source.connection, source.archive_id)
    back = [row["handled_at"] for row in bundles if row["kind"] == "visit_back"]
    for row in timeline_store.laptop_trips(source.connection, source.archive_id):
        if row["back_at"] and not any(at >= row["out_at"] for at in back):
            yield _beside(EventKind.EXCHANGE, row["back_at"], f"不再等{row['laptop_name']}带回", (), "", 0, 3)


def _warnings(source: Source) -> Iterator[TimelineEvent]:
    for row in timeline_store.warnings(source.connection, source.archive_id):
        said = f"{row['person_name']}：{WARNING_LABELS.get(row['kind'], row['kind'])}"
        lines = [said, f"{row['cleared_at'][:10]} 解除" if row["cleared_at"] else ""]
        yield _beside(
            EventKind.MOVE, row["issued_at"], "上级提示可能重复建档", lines, row["office_name"], 0, 7,
            counts=row["cleared_at"] is None,
        )  # fmt: skip


def _conflicts(source: Source) -> Iterator[TimelineEvent]:
    for row in timeline_store.conflicts(source.connection, source.archive_id):
        origin = SOURCES.get(row["source"], row["source"])
        named = f"“{row['source_name']}”" if row["source_name"] else ""
        lines = [f"与{origin}{named}的第 {row['other_revision']} 版有不同，等着选定"]
        yield _beside(EventKind.MOVE, row["found_at"], "两份内容不同", lines, "", row["own_revision"], 7)


def _pairs(source: Source) -> Iterator[TimelineEvent]:
    rows = timeline_store.decided_pairs(source.connection, source.archive_id)
    labels = bundle_store.archive_labels(source.connection, [row["other_id"] for row in rows])
    for row in rows:
        other = labels.get(row["other_id"], ("另一份档案", ""))[0]
        said = PAIR_LABELS.get(PairState(row["state"]), row["state"])
        lines = [f"与 {other} 的人：{said}", _free(source, row["note"])]
        yield _beside(
            EventKind.MOVE, row["decided_at"], "查重判定", lines, row["decided_by"], 0, 7, place=Place("archive", row["other_id"])
        )


def _campaigns(source: Source) -> Iterator[TimelineEvent]:
    for row in timeline_store.campaigns_with(source.connection, source.archive_id):
        lines = [str(row["title"] or ""), f"{row['ends_on']} 以前" if row["ends_on"] else ""]
        yield _beside(EventKind.MONITORING, row["added_at"], "列入监测", lines, "", 0, 7)


def _money(source: Source) -> Iterator[TimelineEvent]:
    """What offices other than the archive's own granted and paid; of its own the versions tell."""
    for row in aid_store.of_other_offices(source.connection, source.archive_id):
        on = row["granted_on"] if "granted_on" in row else row["on_day"]
        lines = [_free(source, row["reason"])] if row.get("reason") else []
        who = f"{row['office_name']} {row['clerk_name']}"
        yield replace(
            _beside(EventKind.AID, row["made_at"], money_words({**row, "reason": ""}), lines, who, 0, 7, place=Place("aid")), on=on
        )


def _undone_merges(source: Source) -> Iterator[TimelineEvent]:
    """Merges of which no version tells: the kept archive took nothing over, or belongs to another office."""
    rows = merge_store.merges_into(source.connection, source.archive_id)
    labels = bundle_store.archive_labels(source.connection, [row["merged_archive_id"] for row in rows])
    for row in rows:
        if row["kept_revision_after"] > row["kept_revision_before"]:
            continue
        other = row["merged_archive_id"]
        lines = [f"并入 {labels.get(other, ('另一份档案', ''))[0]}", _free(source, row["reason"])]
        who = f"{row['office_name']} {row['clerk_name']}"
        yield _beside(
            EventKind.MOVE, row["made_at"], "合并", lines, who, row["kept_revision_before"], 5,
            counts=row["undone_at"] is None, place=Place("archive", other),
        )  # fmt: skip


def _national(source: Source) -> Iterator[TimelineEvent]:
    row = national_store.find(source.connection, source.archive_id)
    if row is not None:
        number = f"编号 {row['worker_number']}" if row["worker_number"] else ""
        yield _beside(
            EventKind.EXCHANGE, row["entered_at"], "录入全国系统", [f"第 {row['revision']} 版", number],
            row["clerk_name"], row["revision"], 4,
        )  # fmt: skip


def _evidence(source: Source) -> Iterator[TimelineEvent]:
    for row in timeline_store.evidence_made(source.connection, source.archive_id):
        detail = json.loads(row["detail"])
        lines = ["对外版" if detail["masked"] else "完整版", f"{detail['pages']} 页，内容指纹 {detail['fingerprint'][:16]}"]
        yield _beside(EventKind.OUTPUT, row["made_at"], "制作取证材料", lines, row["clerk_name"] or "", detail["revision"], 8)


def _papers_out(source: Source) -> Iterator[TimelineEvent]:
    papers = paper_trail_store.papers_of(source.connection, source.archive_id)
    again = bank_file_store.reasons(source.connection) if any(row["title"].startswith(BANK_FILE) for row in papers) else {}
    for row in papers:
        lines = [_free(source, again.get(row["title"], ""))]
        lines += [f"连同其他 {row['households'] - 1:,} 户"] if row["households"] > 1 else []
        title = f"{WAY_VERBS[WayOut(row['way'])]}：{row['title']}"
        yield _beside(EventKind.OUTPUT, row["made_at"], title, lines, row["clerk_name"], 0, 8)


_BESIDE = (
    _reviews, _bundles, _hand_overs, _trips, _warnings, _conflicts, _pairs, _campaigns, _money, _services, _national,
    _evidence, _papers_out,
)  # fmt: skip
"""What hangs on versions, or stands between them."""
