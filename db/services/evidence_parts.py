"""The parts of an evidence file in their order, each drawn from what is on record."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.domain.aid.list_flow import OUTCOMES, Outcome
from db.domain.archive_content import ArchiveContent
from db.domain.case_words import Act
from db.domain.field_kinds import format_amount
from db.domain.masking import HIDDEN, masked_content
from db.domain.pairing_duties import IN_PERSON
from db.domain.papers import evidence_papers, notice_paper
from db.domain.records.record_form import RecordKind
from db.domain.timeline import EventKind
from db.errors import UserError
from db.printing import monitoring_sheet
from db.printing.evidence_book import EvidenceBook
from db.printing.form_composer import FormComposer
from db.printing.form_values import ArchivePrint, AttachmentLine
from db.services import aid, aid_services, archiving, attachments, home_visit_papers, notices, revisions
from db.services.aid import Grant
from db.services.archiving import Archive
from db.services.evidence_file import File, add_paper
from db.services.evidence_images import write_papers
from db.services.former_archives import household_records
from db.services.papers import PAPERS, OwnFiles, Paper
from db.services.records import Record
from db.services.timeline_sources import FREE_LINES, record_lines
from db.store import timeline_store


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file; one that writes no page has nothing to tell."""

    title: str
    write: Callable[[File, EvidenceBook], None]
    is_expected: bool = True
    """Whether the contents say so where there is nothing."""


# -- the form ------------------------------------------------------------------------------------------------------


def _forms(file: File, book: EvidenceBook) -> None:
    archive = file.archive
    book.mark(f"现在的档案表（第 {archive.revision} 版）", 1)
    _form(file, book, archive, archive.content, "9999")
    told = [archive.content]
    for row in reversed(_decision_rows(file)):
        content = revisions.load_revision(file.session, archive.id, row["revision"])
        if content in told:
            continue
        told.append(content)
        book.mark(f"{row['made_at'][:10]} 作决定时的档案表（第 {row['revision']} 版）", 1)
        _form(file, book, archive, content, row["made_at"])
    for former_id, former in file.former.items():
        merged = archiving.load_archive(file.session, former_id)
        book.mark(f"{file.origin(former_id)} 的档案表，{former.merged_at[:10]} 并入（第 {merged.revision} 版）", 1)
        _form(file, book, merged, merged.content, "9999")


def _form(file: File, book: EvidenceBook, archive: Archive, content: ArchiveContent, until: str) -> None:
    papers = [paper for paper in attachments.list_attachments(file.session, archive.id) if paper.added_at <= until]
    lines = [AttachmentLine(paper.document_type, *((HIDDEN, "") if file.mask else (paper.name, paper.note))) for paper in papers]
    shown = masked_content(content, file.mask) if file.mask else content
    if file.mask and archive.id in file.former:  # another head of the family is a member to those outside
        shown.values["name"] = file.text(content.text("name"))
    book.add_pages(FormComposer(ArchivePrint(shown, archive.archive_number, file.office_name, lines)).compose())


def _decision_rows(file: File) -> list[dict[str, Any]]:
    """The decisions upon the household, the oldest first, with the version of the archive each made."""
    with file.session.database.reading() as connection:
        numbers = timeline_store.revision_numbers(connection, file.archive.id)
        rows = timeline_store.decisions(connection, file.archive.id)
    found = []
    for row in rows:
        revision = numbers.get((row["device_id"], row["device_counter"]))
        if revision is not None:
            found.append({**row, "revision": revision})
    return found


# -- means and decisions -------------------------------------------------------------------------------------------


def _means(file: File, book: EvidenceBook) -> None:
    from db.printing.means_sheet import MeansComposer  # these load a lot, and many households have neither
    from db.services import means, policy_printing

    if file.mask:
        return
    for year in means.list_years(file.session, file.archive.id):
        with file.session.database.reading() as connection:
            item = policy_printing.means_print(connection, file.archive, file.office_name, year)
        book.mark(f"{year} 年家庭经济状况", 1)
        book.add_pages(MeansComposer(item).compose())


def _decided(file: File, book: EvidenceBook) -> None:
    from db.printing.assessment_sheet import compose_assessment
    from db.services import policy_printing

    events = [event for event in file.of(EventKind.MEANS) if event.place.tab == "assessment"]
    decisions = [event for event in events if event.title == "认定决定"]
    if decisions:
        rows = [[event.on, event.lines[0], "\n".join(event.lines[1:]), event.who] for event in decisions]
        book.mark("历次决定", 1)
        add_paper(book, evidence_papers.decisions_paper(file.head, rows))
    if file.mask:
        return
    decided = {row["assessment_id"] for row in _decision_rows(file)}
    suggested = [event for event in events if event.title == "认定建议"]
    last = suggested[-1].place.target if suggested else ""
    for event in suggested:
        if event.place.target in decided or event.place.target == last:
            book.mark(f"{event.on} 认定说明　{event.lines[0].partition('（依据')[0]}", 1)
            book.add_pages(compose_assessment(policy_printing.assessment_print(file.session, event.place.target)))


# -- casework ------------------------------------------------------------------------------------------------------

_SHEETS: tuple[tuple[Paper, frozenset[Act]], ...] = (
    (Paper.MINUTES, frozenset({Act.AGREE, Act.DISAGREE, Act.FAST_TRACK})),
    (Paper.EXIT_APPROVAL, frozenset({Act.BEGIN_EXIT, Act.NOTE_EXITED})),
    (Paper.CANCEL_APPROVAL, frozenset({Act.CANCEL})),
)
"""Official sheets and the acts upon which they are filled in."""


def _casework(file: File, book: EvidenceBook) -> None:
    events = file.of(EventKind.CASE, EventKind.NOTICE)
    if not events:
        return
    book.mark("办理记录", 1)
    add_paper(book, evidence_papers.events_paper("办理记录", file.head, events))
    _notices(file, book)
    if file.mask:
        return
    for paper, acts in _SHEETS:
        if file.has_act(*acts):
            _official(file, book, paper)


def _official(file: File, book: EvidenceBook, paper: Paper) -> None:
    make = PAPERS[paper].layouts
    assert not isinstance(make, OwnFiles)  # what follows a pattern of its own is bound in page by page elsewhere
    try:
        layouts = list(make(file.session, [file.archive.id], None))
    except UserError:  # nothing to fill it in with any more
        return
    book.mark(PAPERS[paper].title, 1)
    for layout in layouts:
        add_paper(book, layout)


def _notices(file: File, book: EvidenceBook) -> None:
    if not file.has_act(Act.POST):
        return
    item = notices.notice_prints(file.session, [file.archive.id])[0]
    book.mark(f"公示（{item.starts_on} 至 {item.ends_on}）", 1)
    add_paper(book, notice_paper.notice(replace(item, office_name=file.office_name)))
    if file.has_act(Act.END_NOTICE) and not file.mask:
        _official(file, book, Paper.NOTICE_RESULT)


def _table(title: str, *kinds: EventKind) -> Callable[[File, EvidenceBook], None]:
    def write(file: File, book: EvidenceBook) -> None:
        events = file.of(*kinds)
        if events:
            add_paper(book, evidence_papers.events_paper(title, file.head, events))

    return write


# -- records -------------------------------------------------------------------------------------------------------

_INNER = frozenset({"cadre_id", "campaign_id", "programme_id", "fund_id", "measure_id", "application_id", "archive_id", "continues_id"})
"""Answers that are ids."""


def _kept(file: File, *kinds: RecordKind) -> list[Record]:
    return [record for record in household_records(file.session, file.archive.id) if record.kind in kinds]


def _sheets(file: File, book: EvidenceBook, kept: Iterable[Record]) -> None:
    """A sheet for each record."""
    for record in kept:
        book.mark(f"{record.form.title}　{_line(file, record)}".strip(), 1)
        _sheet(file, book, record)


def _line(file: File, record: Record) -> str:
    said = "" if file.mask and record.kind in FREE_LINES else file.text(record.line)
    origin = file.origin(record.archive_id)
    return f"{said}（{origin}）" if origin else said


def _sheet(file: File, book: EvidenceBook, record: Record) -> None:
    """A record on its official sheet where it has one; outsiders get its plain answers, less what they may not see."""
    if file.mask is None and record.kind is RecordKind.HOME_VISIT:
        for layout in home_visit_papers.visit_layouts(file.session, [record.record_id]):
            add_paper(book, layout)
    elif file.mask is None and record.kind is RecordKind.MONITORING:
        book.add_pages(monitoring_sheet.sheet_pages(record.content))
    else:
        content = record.content
        if file.mask:
            hide = file.mask
            values = {key: hide(value) if isinstance(value, str) else value for key, value in content.values.items()}
            content = replace(content, values=values)
        signed = f"{record.made_at[:16].replace('T', ' ')}　{record.clerk_name}"
        masked = file.mask is not None
        layout = evidence_papers.record_paper(
            record.form, content, file.head, file.names, signed=signed, masked=masked, left_out=_INNER
        )
        add_paper(book, layout)


def _listed(file: File, book: EvidenceBook, title: str, kept: Sequence[Record]) -> None:
    """Many small records as one table."""
    if not kept:
        return
    rows = []
    for record in kept:
        details = [] if file.mask else record_lines(record.form, record.content)
        words = "\n".join(words for words in (_line(file, record), *details) if words)
        rows.append([record.on_day, record.form.title, words, f"{record.clerk_name}\n{record.made_at[:10]} 登记"])
    book.mark(f"{title}（{len(kept)} 条）", 1)
    add_paper(book, evidence_papers.rows_paper(title, file.head, rows))


def _visits(file: File, book: EvidenceBook) -> None:
    """A sheet for each visit, the calls in one table; for outsiders, who may read little of either, all in one table."""
    contacts = _kept(file, RecordKind.HOME_VISIT)
    met = [] if file.mask else [item for item in contacts if item.content.text("method") in IN_PERSON]
    _sheets(file, book, met)
    title = "走访和联系" if file.mask else "电话和其他联系"
    _listed(file, book, title, [item for item in contacts if item not in met])


_HELP = (Paper.HELP_PLAN, Paper.HELP_MEASURES, Paper.HELP_LEDGER)


def _pairing(file: File, book: EvidenceBook) -> None:
    kept = _kept(file, RecordKind.PAIRING, RecordKind.HELP_PLAN, RecordKind.MEASURE)
    _listed(file, book, "结对、计划和措施", kept)
    if kept and file.mask is None:
        for paper in _HELP:
            _official(file, book, paper)


def _monitoring(file: File, book: EvidenceBook) -> None:
    _sheets(file, book, _kept(file, RecordKind.MONITORING))


_AID_KINDS = (
    RecordKind.AID_APPLICATION,
    RecordKind.AID_SERVICE,
    RecordKind.STUDENT,
    RecordKind.GRADUATE,
    RecordKind.SPONSORSHIP,
    RecordKind.WORK_PLACEMENT,
)


def _aid(file: File, book: EvidenceBook) -> None:
    grants = aid.grants_of(file.session, file.archive.id)
    if grants:
        book.mark(f"救助发放（{len(grants)} 笔）", 1)
        rows = [
            [
                grant.granted_on,
                grant.item_label,
                file.text(grant.recipient_name),
                f"{format_amount(grant.amount)} 元" if grant.amount else grant.goods,
                _outcome(grant),
                "\n".join(filter(None, (grant.office_name, file.origin(grant.archive_id)))),
            ]
            for grant in grants
        ]
        add_paper(book, evidence_papers.grants_paper(file.head, rows))
    asked = [*_kept(file, *_AID_KINDS), *aid_services.of_other_offices(file.session, file.archive.id)]
    if file.mask:
        _listed(file, book, "申请和登记", asked)
    else:
        _sheets(file, book, asked)


def _outcome(grant: Grant) -> str:
    if grant.outcome not in set(Outcome):
        return "还没有发放"
    return f"{OUTCOMES[Outcome(grant.outcome)]} {grant.paid_on or ''}".strip()


_TOLD = frozenset(
    {RecordKind.HOME_VISIT, RecordKind.PAIRING, RecordKind.HELP_PLAN, RecordKind.MEASURE, RecordKind.MONITORING, *_AID_KINDS}
)


def _others(file: File, book: EvidenceBook) -> None:
    """Records that no other part tells: a kind that is declared later is not left out."""
    _listed(file, book, "其他登记", _kept(file, *(kind for kind in RecordKind if kind not in _TOLD)))


# -- the whole -----------------------------------------------------------------------------------------------------


def _history(file: File, book: EvidenceBook) -> None:
    add_paper(book, evidence_papers.history_paper(file.head, file.events))


PARTS: tuple[Part, ...] = (
    Part("档案表", _forms),
    Part("家庭经济状况", _means),
    Part("认定和决定", _decided),
    Part("办理和公示", _casework),
    Part("上级审核", _table("上级审核", EventKind.REVIEW)),
    Part("走访和联系", _visits),
    Part("结对帮扶", _pairing),
    Part("救助", _aid),
    Part("动态监测", _monitoring),
    Part("其他登记", _others, is_expected=False),
    Part("材料", write_papers),
    Part("打印和导出", _table("打印和导出", EventKind.OUTPUT), is_expected=False),
    Part("上报、移交和合并", _table("上报、移交和合并", EventKind.EXCHANGE, EventKind.MOVE)),
    Part("全部经过", _history),
)
