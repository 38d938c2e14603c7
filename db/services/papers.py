"""Every paper of a household's case in one place: which belong to the step at hand, printed blank or filled, and as a workbook.

A paper about several households is one file: a sheet for each, or one sheet for all of them where it is of a meeting or
a notice. Files go only where the clerk chose; previews stay in memory.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text

from db.domain.case_words import Stage, Standing, Track
from db.domain.paper_layout import PaperLayout
from db.domain.papers import (
    aid_application_paper,
    exit_approval_paper,
    home_visit_paper,
    minutes_paper,
    notice_paper,
    pairing_papers,
)
from db.domain.papers.paper_subject import PaperSubject
from db.domain.records.monitoring import MONITORING
from db.errors import Progress, UserError
from db.exchange.workbook_papers import write_papers_workbook
from db.printing.enlarged import to_a3
from db.printing.official_paper import write_papers
from db.services import home_visit_papers, monitoring_papers, notices
from db.services import pairing_papers as pairing
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.paper_subjects import About, subjects
from db.services.paper_trail import note_file
from db.store import case_store
from db.store.partial_files import written_whole

MOST = 500
"""Households of one file."""


class Paper(StrEnum):
    """The papers of the casework, in the order of the work."""

    AID_APPLICATION = "aid_application"
    HOME_VISIT = "home_visit"
    MINUTES = "minutes"
    NOTICE = "notice"
    NOTICE_POSTER = "notice_poster"
    NOTICE_RESULT = "notice_result"
    EXIT_APPROVAL = "exit_approval"
    CANCEL_APPROVAL = "cancel_approval"
    HELP_PLAN = "help_plan"
    HELP_MEASURES = "help_measures"
    HELP_LEDGER = "help_ledger"
    PAIRING_ROSTER = "pairing_roster"
    MONITORING = "monitoring"


Layouts = Callable[[OfficeSession, Sequence[str], Progress | None], Iterable[PaperLayout]]


@dataclass(frozen=True, slots=True)
class CaseStand:
    """Where a case stands, as far as papers mind."""

    standing: Standing
    track: Track
    stage: Stage
    is_posted: bool


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """A paper that is drawn to the pattern of its source and not from parts; without ids the blank."""

    pdf: Callable[[OfficeSession, Sequence[str], Progress | None], bytes]
    workbook: Callable[[OfficeSession, Sequence[str], Path, Progress | None], object]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A paper: what it is called, what it is for, whom it can be printed for, and when it is wanted."""

    title: str
    hint: str
    layouts: Layouts | OwnFiles
    """The sheets; without ids the blank one."""
    concerns: Callable[[CaseStand], bool]
    is_due: Callable[[CaseStand], bool]
    is_public: bool = False
    """Whether it hangs on a wall and says nothing private."""


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """A paper as it is offered for some households: *count* of them it concerns; *is_due* at the step at hand."""

    paper: Paper
    title: str
    hint: str
    count: int
    is_due: bool


def _each(make: Callable[[PaperSubject], PaperLayout], about: About = About.LAST) -> Layouts:
    """A sheet for each household."""

    def layouts(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
        if not ids:
            yield make(PaperSubject(office_name=session.office.name))
        for subject in subjects(session, ids, progress, about):
            yield make(subject)

    return layouts


def _minutes(session: OfficeSession, ids: Sequence[str], progress: Progress | None) -> Iterator[PaperLayout]:
    """A sheet for each meeting; those not discussed yet stand on one that is taken into the meeting."""
    if not ids:
        yield minutes_paper.minutes([], session.office.name)
    found = sorted(subjects(session, ids, progress), key=_meeting_key)
    for _, together in groupby(found, key=_meeting_key):
        sheet = list(together)
        yield minutes_paper.minutes(sheet, sheet[0].office_name)


def _meeting_key(subject: PaperSubject) -> tuple[str, str]:
    met = subject.meeting
    return (met.on, met.present) if met else ("9999", "")


def _poster(session: OfficeSession, ids: Sequence[str], _progress: Progress | None) -> bytes:
    """The notice on A3, for the wall."""
    return to_a3(notices.notice_pdf(session, ids))


_HELPED = (Standing.ON_FILE, Standing.PHASING_OUT)
_NEW = (Track.FILE, Track.READMIT)

PAPERS: dict[Paper, PaperKind] = {
    Paper.AID_APPLICATION: PaperKind(
        aid_application_paper.TITLE,
        "申请人、救助类别、金额和理由、支出明细、账户、三级意见",
        _each(aid_application_paper.aid_application),
        lambda _stand: True,
        lambda stand: stand.track in _NEW and stand.stage is Stage.APPLICATION,
    ),
    Paper.HOME_VISIT: PaperKind(
        home_visit_paper.TITLE,
        "最近一次走访的记录；还没有走访的，印好姓名和住址带去手填",
        home_visit_papers.layouts_of_archives,
        lambda _stand: True,
        lambda stand: stand.stage is Stage.VERIFICATION,
    ),
    Paper.MINUTES: PaperKind(
        minutes_paper.TITLE,
        "同一次会议的几户在一张上；还没有研究的先印出来带去开会",
        _minutes,
        lambda stand: stand.standing not in {Standing.LEAD, Standing.TEMPORARY},
        lambda stand: stand.stage is Stage.DELIBERATION or (stand.stage is Stage.NOTICE and not stand.is_posted),
    ),
    Paper.NOTICE: PaperKind(
        notice_paper.TITLE,
        "同一次公示的几户在一张上，不登身份证号、电话、卡号和病情",
        lambda session, ids, _progress: notices.notice_layouts(session, ids),
        lambda stand: stand.is_posted,
        lambda stand: stand.stage in {Stage.NOTICE, Stage.OBJECTION} and stand.is_posted,
        is_public=True,
    ),
    Paper.NOTICE_POSTER: PaperKind(
        f"{notice_paper.TITLE}（A3 张贴）",
        "和公示单一样的内容，字大一倍，贴在公告栏上远处也看得清",
        OwnFiles(_poster, lambda session, ids, path, _progress: notices.write_notice_workbook(session, ids, path)),
        lambda stand: stand.is_posted,
        lambda stand: stand.stage in {Stage.NOTICE, Stage.OBJECTION} and stand.is_posted,
        is_public=True,
    ),
    Paper.NOTICE_RESULT: PaperKind(
        notice_paper.RESULT_TITLE,
        "有没有异议、怎样处理、存了几张照片",
        lambda session, ids, _progress: [notices.result_layout(session, ids)],
        lambda stand: stand.is_posted and stand.stage not in {Stage.NOTICE, Stage.OBJECTION},
        lambda stand: stand.stage is Stage.SUBMISSION,
        is_public=True,
    ),
    Paper.EXIT_APPROVAL: PaperKind(
        exit_approval_paper.EXIT_TITLE,
        "退档原因、建档时和现在的收入、依据、公示、三级意见",
        _each(exit_approval_paper.exit_approval, About.EXIT),
        lambda stand: stand.standing in {*_HELPED, Standing.EXITED},
        lambda stand: stand.track is Track.EXIT,
    ),
    Paper.CANCEL_APPROVAL: PaperKind(
        exit_approval_paper.CANCEL_TITLE,
        "注销原因、情况说明、依据、三级意见",
        _each(exit_approval_paper.cancel_approval, About.CANCEL),
        lambda _stand: True,
        lambda stand: stand.standing is Standing.CANCELLED,
    ),
    Paper.HELP_PLAN: PaperKind(
        pairing_papers.PLAN_TITLE,
        "一户一计划：帮扶干部、需求、目标和打算采取的措施",
        pairing.plan_layouts,
        lambda stand: stand.standing in _HELPED,
        lambda _stand: False,
    ),
    Paper.HELP_MEASURES: PaperKind(
        pairing_papers.MEASURES_TITLE,
        "一户一措施：做什么、谁负责、什么时候完成、效果怎样",
        pairing.measure_layouts,
        lambda stand: stand.standing in _HELPED,
        lambda _stand: False,
    ),
    Paper.HELP_LEDGER: PaperKind(
        pairing_papers.LEDGER_TITLE,
        "一户一台帐：结对、走访、电话、措施和发放的钱物，照日期先后",
        pairing.ledger_layouts,
        lambda stand: stand.standing in {*_HELPED, Standing.EXITED},
        lambda _stand: False,
    ),
    Paper.PAIRING_ROSTER: PaperKind(
        pairing_papers.ROSTER_TITLE,
        "每一户由谁结对、单位职务、电话、从哪天起，几户在一张上",
        lambda session, ids, _progress: [pairing.roster_layout(session, ids)],
        lambda stand: stand.standing in _HELPED,
        lambda _stand: False,
    ),
    Paper.MONITORING: PaperKind(
        MONITORING.title,
        "最近一次动态监测的记录表；还没有监测的，印好已知的内容带去入户",
        OwnFiles(
            lambda session, ids, progress: monitoring_papers.sheets_pdf(session, ids, None, progress),
            lambda session, ids, path, progress: monitoring_papers.write_sheets(session, ids, None, path, progress),
        ),
        lambda stand: stand.standing in {*_HELPED, Standing.EXITED},
        lambda _stand: False,
    ),
}

_STANDS = text(
    f"SELECT a.id, {case_store.STANDING}, {case_store.TRACK}, {case_store.STAGE},"  # noqa: S608 - constants
    " EXISTS (SELECT 1 FROM case_step s WHERE s.archive_id = a.id AND s.act = 'post')"
    f" {case_store.FROM_CASES} WHERE a.id IN (SELECT value FROM json_each(:ids))"
)


def _stands(session: OfficeSession, ids: Sequence[str]) -> dict[str, CaseStand]:
    with session.database.reading() as connection:
        rows = connection.execute(_STANDS, {"ids": json.dumps(list(ids))})
        return {row[0]: CaseStand(Standing(row[1]), Track(row[2]), Stage(row[3]), bool(row[4])) for row in rows}


def offers(session: OfficeSession, ids: Sequence[str]) -> list[PaperOffer]:
    """Every paper for the archives *ids*, those wanted at the step at hand first, those of no use yet last."""
    stands = list(_stands(session, ids).values())
    found = []
    for paper, kind in PAPERS.items():
        due = any(kind.is_due(stand) for stand in stands)
        found.append(PaperOffer(paper, kind.title, kind.hint, sum(map(kind.concerns, stands)), due))
    return sorted(found, key=lambda offer: (not offer.is_due, bool(ids) and offer.count == 0))


def concerned(session: OfficeSession, paper: Paper, ids: Sequence[str]) -> list[str]:
    """Those of *ids* whom the paper concerns; UserError where that is nobody."""
    kind = PAPERS[paper]
    if len(ids) > MOST:
        raise UserError("papers_too_many", count=len(ids), limit=MOST)
    stands = _stands(session, ids)
    found = [archive_id for archive_id in ids if archive_id in stands and kind.concerns(stands[archive_id])]
    if ids and not found:
        raise UserError("papers_nobody", title=kind.title)
    return found


def paper_pdf(session: OfficeSession, paper: Paper, ids: Sequence[str], progress: Progress | None = None) -> bytes:
    """The *paper* for the archives *ids* as one PDF in memory; without any it is the blank."""
    out = BytesIO()
    _draw(session, paper, ids, out, progress)
    return out.getvalue()


def write_paper(
    session: OfficeSession, paper: Paper, ids: Sequence[str], path: Path, progress: Progress | None = None
) -> int:
    """The same as a file; how many households stand in it."""
    remember_output(session, path.parent)
    with written_whole(path) as out:
        count = _draw(session, paper, ids, out, progress)
    note_file(session, concerned(session, paper, ids), PAPERS[paper].title, path)
    return count


def _draw(session: OfficeSession, paper: Paper, ids: Sequence[str], out: BinaryIO, progress: Progress | None) -> int:
    layouts, wanted = PAPERS[paper].layouts, concerned(session, paper, ids)
    if isinstance(layouts, OwnFiles):
        out.write(layouts.pdf(session, wanted, progress))
    else:
        write_papers(out, PAPERS[paper].title, layouts(session, wanted, progress))
    return len(wanted)


def write_paper_workbook(
    session: OfficeSession, paper: Paper, ids: Sequence[str], path: Path, progress: Progress | None = None
) -> int:
    """The same as a workbook; how many households stand in it."""
    remember_output(session, path.parent)
    layouts, wanted = PAPERS[paper].layouts, concerned(session, paper, ids)
    if isinstance(layouts, OwnFiles):
        layouts.workbook(session, wanted, path, progress)
    else:
        write_papers_workbook(path, layouts(session, wanted, progress))
        note_file(session, wanted, PAPERS[paper].title, path)
    return len(wanted)
