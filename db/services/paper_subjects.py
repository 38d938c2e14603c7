"""What the papers of the casework say of a household, gathered from its form, its steps, its records and its file."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, text

from db.domain.archive_content import ArchiveContent
from db.domain.case_flow import CaseState
from db.domain.case_words import TRACK_LABELS, Act, Stage, Standing, Track
from db.domain.option_lists import option_list
from db.domain.paper_checklist import EXIT_EVIDENCE
from db.domain.papers.paper_subject import Meeting, PaperSubject, form_words
from db.domain.records.home_visit import HOME
from db.domain.records.record_form import RecordKind
from db.errors import Progress
from db.services import archiving, casework, records
from db.services.casework import CaseView, StepEntry
from db.services.notices import outcome_of
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import archive_store, casework_store
from db.store.archive_store import StoredArchive

_BEGINS = {
    Act.APPLY: Track.FILE,
    Act.CONVERT: Track.FILE,
    Act.RESTORE: Track.FILE,
    Act.READMIT: Track.READMIT,
    Act.BEGIN_ADJUST: Track.ADJUST,
    Act.BEGIN_EXIT: Track.EXIT,
}
_LEAVES = frozenset({Act.BEGIN_EXIT, Act.NOTE_EXITED})
"""With what the leaving of a household begins, or is noted."""
_MET = {Act.AGREE: True, Act.FAST_TRACK: True, Act.DISAGREE: False}
_REPLIES = {
    Act.APPROVED: "审核通过",
    Act.RETURNED: "退回补正",
    Act.REFUSED: "审核不通过",
    Act.NOTE_APPROVAL: "通过",
    Act.NOTE_RETURN: "退回",
    Act.NOTE_REFUSAL: "不通过",
}
_BATCH = 100
_EVIDENCE_DAYS = 365
"""Papers that came up to this long before a closing was begun count as its evidence."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is held of one household, fetched for many at once."""

    stored: StoredArchive
    view: CaseView
    applications: list[Record]
    visits: list[Record]


class About(StrEnum):
    """What a paper is about: whatever is or was decided last, or how a household left, or why its archive was cancelled."""

    LAST = "last"
    EXIT = "exit"
    CANCEL = "cancel"


def subjects(
    session: OfficeSession, ids: Iterable[str], progress: Progress | None = None, about: About = About.LAST
) -> Iterator[PaperSubject]:
    """The households *ids*, in that order, one after the other."""
    wanted = list(ids)
    names = archiving.office_names(session)
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        for number, held in enumerate(_held(session, part), start + 1):
            yield _subject(session, held, names, about)
            if progress is not None:
                progress(number, len(wanted))


def _held(session: OfficeSession, ids: Sequence[str]) -> list[_Held]:
    views = casework.cases_told(session, ids)
    applications = records.records_by_archive(session, ids, RecordKind.AID_APPLICATION)
    visits = records.records_by_archive(session, ids, RecordKind.HOME_VISIT)
    with session.database.reading() as connection:
        stored = {archive.id: archive for archive in archive_store.load_many(connection, ids)}
    return [_Held(stored[key], views[key], applications.get(key, []), visits.get(key, [])) for key in ids]


def _subject(session: OfficeSession, held: _Held, offices: dict[str, str], about: About) -> PaperSubject:
    """One household, with what the decision the paper is about has brought so far."""
    view, archive = held.view, held.stored
    steps = [step for step in view.steps if step.counted]
    track = _decision(view, steps, about)
    met = None if view.state.stage is Stage.DELIBERATION else _last(track.steps, _MET)
    began = track.began
    reason, note = _reason(view.state, steps)
    cancelled = view.state.standing is Standing.CANCELLED
    with session.database.reading() as connection:
        words = _class_words(connection, archive.id, archive.content)
        before = _when_filed(connection, archive.id)
        content = _content_then(connection, archive, track)
        evidence = _evidence(connection, archive.id, began.on if began else session.today, "" if cancelled else reason)
    return PaperSubject(
        office_name=offices.get(archive.office_id, session.office.name),
        archive_number=archive.archive_number,
        content=content,
        class_words=words,
        matter=TRACK_LABELS[view.state.track or track.track] or "建档",
        meeting=_meeting(met) if met else None,
        comparison=_comparison(track.steps),
        visit=_visit(held.visits, track),
        notice=_notice(view, track.steps),
        opinions=_opinions(view, track.steps, met, held.applications),
        application=held.applications[-1].content if held.applications else None,
        before=before,
        reason=reason,
        reason_note=note,
        evidence=evidence,
    )


@dataclass(frozen=True, slots=True)
class _Decision:
    """The steps of one decision, and the step with which the next one began, if any."""

    track: Track
    began: StepEntry | None
    steps: Sequence[StepEntry]
    next_began: StepEntry | None = None


def _decision(view: CaseView, steps: Sequence[StepEntry], about: About) -> _Decision:
    """The decision that a paper is about. A household that has not begun to leave gets no steps of another decision."""
    if about is About.CANCEL:
        step = _last(steps, (Act.CANCEL,))
        return _Decision(Track.NONE, step, [step] if step else [])
    if about is About.EXIT and view.state.standing is not Standing.EXITED and view.state.track is not Track.EXIT:
        return _Decision(Track.EXIT, None, [])
    wanted = _LEAVES if about is About.EXIT else frozenset(_BEGINS)
    at = next((at for at in range(len(steps) - 1, -1, -1) if steps[at].act in wanted), -1)
    if at < 0:
        return _Decision(Track.FILE, None, [] if about is About.EXIT else list(steps))
    until = next((later for later in range(at + 1, len(steps)) if steps[later].act in _BEGINS), len(steps))
    following = steps[until] if until < len(steps) else None
    return _Decision(_BEGINS.get(steps[at].act, Track.EXIT), steps[at], list(steps[at:until]), following)


def _content_then(connection: Connection, archive: StoredArchive, decision: _Decision) -> ArchiveContent:
    """The form as it is now; where something else has begun since, as it was when the decision had been made."""
    if decision.next_began is None or not decision.steps:
        return archive.content
    found = connection.execute(_AS_OF, {"id": archive.id, "moment": decision.steps[-1].made_at}).scalar()
    return ArchiveContent.from_json(json.loads(found)) if found else archive.content


_AS_OF = text(
    "SELECT snapshot FROM archive_revision WHERE archive_id = :id AND made_at <= :moment ORDER BY revision DESC LIMIT 1"
)


def _last(steps: Sequence[StepEntry], acts: Iterable[Act]) -> StepEntry | None:
    wanted = set(acts)
    return next((step for step in reversed(steps) if step.act in wanted), None)


def _meeting(step: StepEntry) -> Meeting:
    detail = step.detail
    appraisal = f"{detail['appraised_on']}，{detail['appraisal']}" if detail.get("appraisal") else ""
    return Meeting(detail["met_on"], detail["present"], detail["opinion"], _MET[step.act], appraisal)


def _comparison(steps: Sequence[StepEntry]) -> str:
    step = _last(steps, (Act.COMPARE, Act.SUPPLY_COMPARISON))
    if step is None:
        return ""
    detail = step.detail
    return f"{detail['compared_on']} 由{detail['comparison_source']}比对：{detail['comparison_result']}"


def _visit(kept: Sequence[Record], decision: _Decision) -> str:
    """The last visit to the home of the time of the decision, as it was recorded; else what the step itself says."""
    if decision.began is None and not decision.steps:
        return ""
    since = decision.began.on if decision.began else ""
    until = decision.next_began.on if decision.next_began else "9999"
    at_home = [item for item in kept if item.content.text("method") == HOME and since <= item.on_day < until]
    if at_home:
        return _visit_words(at_home[-1])
    step = _last(decision.steps, (Act.VERIFY,))
    if step is None or not step.detail.get("visited_on"):
        return ""
    return f"{step.detail['visited_on']} {step.detail['visitors']}入户：{step.detail.get('findings', '')}"


def _visit_words(item: Record) -> str:
    found = item.content.text("findings") or item.content.text("needs")
    return f"{item.on_day} {item.content.text('visitors')}入户" + (f"：{found}" if found else "")


def _notice(view: CaseView, steps: Sequence[StepEntry]) -> str:
    posting = _last(steps, (Act.POST,))
    if posting is None:
        return ""
    last, objections, settlements = outcome_of(view, posting)
    began = f"{posting.detail['starts_on']} 至 {last} 在{posting.detail['place']}公示"
    if objections:
        return f"{began}，异议：{'；'.join(objections)}；处理：{'；'.join(settlements) or '还在处理'}"
    ended = _last(steps, (Act.END_NOTICE,)) is not None
    return f"{began}，{'期满无异议' if ended else '还没有办结'}"


def _opinions(
    view: CaseView, steps: Sequence[StepEntry], met: StepEntry | None, applications: Sequence[Record]
) -> dict[str, str]:
    """What is already known of the opinions; the signatures follow by hand. A meeting says nothing of what was asked later."""
    found: dict[str, str] = {}
    asked = applications[-1].content.text("applied_on") if applications else ""
    if met is not None and met.detail["met_on"] < asked:
        return found
    if met is not None:
        said = "同意" if _MET[met.act] else "不同意"
        opinion = met.detail["opinion"].strip("。")
        words = said if opinion in {"", said} else f"{said}：{opinion}"
        hung = _notice(view, steps)
        found["grassroots"] = f"{met.detail['met_on']} 集体研究{words}。" + (f"{hung}。" if hung else "")
    reply = _last(steps, _REPLIES)
    if reply is not None and (met is None or view.steps.index(reply) > view.steps.index(met)):
        told = reply.detail.get("reply", "") or f"{reply.clerk_name}{_REPLIES[reply.act]}"
        found["county"] = f"{reply.on} {told}"
    return found


def _reason(state: CaseState, steps: Sequence[StepEntry]) -> tuple[str, str]:
    """Why the household leaves, or left: the option's code and the note."""
    if state.standing is Standing.CANCELLED:
        step = _last(steps, (Act.CANCEL,))
        return (step.detail["cancel_reason"], step.detail.get("reason", "")) if step else ("", "")
    return state.exit_reason, ""


def _class_words(connection: Connection, archive_id: str, content: ArchiveContent) -> str:
    decided = next(iter(casework_store.decisions_of(connection, archive_id)), None)
    if decided is None or not decided["decided_class_label"]:
        return form_words(content, "hardship_category")
    label, level = decided["decided_class_label"], decided["decided_level_label"]
    return label if not level or level in label else f"{label}（{level}）"


_VERSION = text(
    "SELECT snapshot FROM archive_revision WHERE archive_id = :id AND revision = coalesce((SELECT max(revision) FROM"
    " (SELECT archive_revision AS revision FROM case_step WHERE archive_id = :id AND act IN ('note_approval', 'note_on_file')"
    " UNION ALL SELECT archive_revision FROM review WHERE archive_id = :id AND step = 'final' AND outcome = 'approved')"
    " WHERE revision < coalesce((SELECT max(archive_revision) FROM case_step WHERE archive_id = :id"
    " AND act IN ('begin_exit', 'begin_adjust', 'readmit')), 1000000000)),"
    " (SELECT min(revision) FROM archive_revision WHERE archive_id = :id))"
)


def _when_filed(connection: Connection, archive_id: str) -> ArchiveContent | None:
    """The form as it stood when the household came on file; its first version where nobody noted that."""
    row = connection.execute(_VERSION, {"id": archive_id}).mappings().first()
    return ArchiveContent.from_json(json.loads(row["snapshot"])) if row else None


_FILED_PAPERS = text(
    "SELECT document_type, substr(added_at, 1, 10) FROM attachment"
    " WHERE archive_id = :id AND removed_at IS NULL AND added_at >= :since ORDER BY added_at, rowid"
)


def _evidence(connection: Connection, archive_id: str, began: str, reason: str) -> tuple[str, ...]:
    """The papers filed in the year before; with a 脱困原因 only those that bear it out."""
    wanted = EXIT_EVIDENCE.get(reason)
    since = (date.fromisoformat(began) - timedelta(days=_EVIDENCE_DAYS)).isoformat()
    types = option_list("document_type")
    rows = connection.execute(_FILED_PAPERS, {"id": archive_id, "since": since})
    fitting = ((paper, added) for paper, added in rows if wanted is None or paper in wanted)
    return tuple(dict.fromkeys(f"{types.label(paper)}（{added}）" for paper, added in fitting))
