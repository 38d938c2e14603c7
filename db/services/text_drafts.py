"""Drafts of the texts that are handed in: every figure counted from the records, what only people know left for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from db.domain.case_words import Standing
from db.domain.records.record_form import RecordKind
from db.domain.reports.captions import told_as
from db.domain.reports.cross_table import CrossRequest, CrossTable, figure_text
from db.domain.reports.household_story import Story, numeral, story_facts
from db.domain.reports.period import Period, period_of
from db.domain.reports.text_drafts import (
    PLACEHOLDER,
    DraftSection,
    DraftText,
    Sentence,
    TextFigure,
    TextKind,
    UsedFigure,
    any_rows,
)
from db.errors import UserError
from db.exchange.text_document import text_docx
from db.services import aid, archiving, casework, cross_tables, own_texts, records
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.services.reports import Report, ReportRequest, make_report, offices_missing
from db.store.partial_files import written_whole

_NUMBER = "（#）"
_WAN = 1_000_000
_NOTHING = "暂无"


def kinds(session: OfficeSession) -> dict[str, TextKind]:
    """Every text there is, by id."""
    return own_texts.TEXTS.known(session)


def find_kind(session: OfficeSession, name: str) -> TextKind:
    """The text *name*; UserError names those there are."""
    found = kinds(session)
    if name not in found:
        known = "、".join(f"{kind.id}（{kind.name}）" for kind in found.values())
        raise UserError("text_unknown", text=name, known=known)
    return found[name]


def make_text(session: OfficeSession, name: str, period: Period, archive_ids: Sequence[str] = ()) -> DraftText:
    """Fill a text in over a period; one about households with those named."""
    kind = find_kind(session, name)
    if kind.of_households and not archive_ids:
        raise UserError("text_needs_households")
    counted = _Counted(session, _cut_off(kind, period), kind.figures)
    until = min(counted.period.ends, max(session.today, counted.period.begins))
    facts = {
        "office": session.office.name,
        "period": period.words,
        "today": _day_words(session.today),
        "until": _day_words(until),
    }
    title = counted.filled(kind.title, facts)
    sections = [DraftSection("", (counted.filled(kind.begin, facts),))]
    stories = [facts | story for story in _stories(session, archive_ids)] if kind.of_households else [facts]
    for told in stories:
        sections += [_section(counted, item.heading, item.paragraphs, told) for item in kind.sections]
    missing = tuple(offices_missing(session, period.year)) if counted.used else ()
    return DraftText(kind, title, tuple(sections), tuple(counted.used.values()), session.office.name, facts["today"], missing)


def _cut_off(kind: TextKind, period: Period) -> Period:
    """A whole year goes up to the day of the table beside the text."""
    is_year = period == period_of(period.year)
    return Period(period.begins, f"{period.year:04d}-{kind.cutoff}") if kind.cutoff and is_year else period


def _day_words(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日"


def _section(
    counted: "_Counted", heading: str, paragraphs: Sequence[Sequence[Sentence]], facts: Mapping[str, str]
) -> DraftSection:
    found: list[str] = []
    for sentences in paragraphs:
        text = "".join(counted.filled(item.text, facts) for item in sentences if counted.stands(item))
        if text:
            number = len([earlier for earlier in found if earlier.startswith("（")]) + 1
            found.append(text.replace(_NUMBER, f"（{numeral(number)}）", 1))
    return DraftSection(counted.filled(heading, facts), tuple(found))


@dataclass(slots=True)
class _Counted:
    """Figures counted once each; those that came into the text are kept in their order."""

    session: OfficeSession
    period: Period
    figures: Mapping[str, TextFigure]
    used: dict[str, UsedFigure] = field(default_factory=dict)
    _tables: dict[CrossRequest, CrossTable] = field(default_factory=dict)
    _reports: dict[tuple[str, int], Report] = field(default_factory=dict)

    def filled(self, text: str, facts: Mapping[str, str]) -> str:
        """*text* with its placeholders filled."""
        return PLACEHOLDER.sub(lambda found: facts[found[1]] if found[1] in facts else self._use(found[1]), text)

    def stands(self, sentence: Sentence) -> bool:
        """Whether a sentence belongs into the text."""
        wanted = not sentence.when or self._is_there(sentence.when)
        return wanted and not (sentence.unless and self._is_there(sentence.unless))

    def _is_there(self, name: str) -> bool:
        figure = self.figures[name]
        if figure.report:
            return bool(self._report(figure).value(figure.code).exact)
        return bool(self._table(figure).value(None, None))

    def _use(self, name: str) -> str:
        if name not in self.used:
            figure = self.figures[name]
            counted = self._of_report if figure.report else self._counted
            self.used[name] = counted(figure)
        return self.used[name].text

    def _counted(self, figure: TextFigure) -> UsedFigure:
        table = self._table(figure)
        text = _list_words(figure, table) if figure.rows else _figure_words(figure, table, None)
        return UsedFigure(figure.name, figure.label, text, _meaning(figure, table), table.when, table.request)

    def _of_report(self, figure: TextFigure) -> UsedFigure:
        report = self._report(figure)
        value = report.value(figure.code)
        over = f"{value.over[0]:,} ÷ {value.over[1]:,}。" if value.over else ""
        meaning = f"《{report.title}》的“{told_as(report.layout, figure.code)}”。{over}"
        when = f"{report.scope.begins} 至 {report.scope.ends}"
        return UsedFigure(figure.name, figure.label, value.text, meaning, when, report_id=figure.report)

    def _report(self, figure: TextFigure) -> Report:
        key = (figure.report, figure.back)
        if key not in self._reports:
            begins, ends = self._days(figure)
            request = ReportRequest(figure.report, int(ends[:4]), begins, min(ends, max(self.session.today, begins)))
            self._reports[key] = make_report(self.session, request)
        return self._reports[key]

    def _days(self, figure: TextFigure) -> tuple[str, str]:
        begins, ends = (_years_before(day, figure.back) for day in (self.period.begins, self.period.ends))
        return begins, ends

    def _table(self, figure: TextFigure) -> CrossTable:
        """The table of a figure: a list and its total are one."""
        begins, ends = self._days(figure)
        rows = figure.rows or any_rows(figure.subject)
        request = CrossRequest(figure.subject, figure.measure, rows, "", begins, ends, figure.only)
        same = next((item for item in self._tables if replace(item, rows=rows) == request and not figure.rows), request)
        if same not in self._tables:
            self._tables[same] = cross_tables.make_table(self.session, same)
        return self._tables[same]


def _years_before(day: str, years: int) -> str:
    """The same day of an earlier year; the end of a February is its end."""
    year, rest = int(day[:4]) - years, day[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04d}{'-02-28' if rest == '-02-29' and not leap else rest}"


def _figure_words(figure: TextFigure, table: CrossTable, row: str | None) -> str:
    value = table.value(row, None)
    if value is None:
        return "0"
    return f"{float(value / _WAN):,.2f}" if figure.in_wan else figure_text(table.measure, value)


def _list_words(figure: TextFigure, table: CrossTable) -> str:
    """“深度困难3户、相对困难5户”: what is not there is not told; cut to the largest where there are many."""
    rows = [item for item in table.rows if table.value(item.code, None)]
    if figure.most:
        rows = sorted(rows, key=lambda item: -(table.value(item.code, None) or 0))[: figure.most]
    unit = "万元" if figure.in_wan else table.measure.unit
    return "、".join(f"{item.label}{_figure_words(figure, table, item.code)}{unit}" for item in rows) or _NOTHING


def _meaning(figure: TextFigure, table: CrossTable) -> str:
    words = [table.measure.meaning, *(f"只算{item}。" for item in table.filter_labels)]
    return "".join([*words, "按元合计后折合万元，四舍五入到两位小数。"] if figure.in_wan else words)


# -- stories of households ----------------------------------------------------------------------------------------


def _stories(session: OfficeSession, archive_ids: Sequence[str]) -> list[dict[str, str]]:
    taken: Counter[str] = Counter()
    visits = records.records_by_archive(session, archive_ids, RecordKind.HOME_VISIT)
    found = []
    for number, archive_id in enumerate(archive_ids, 1):
        archive = archiving.load_archive(session, archive_id)
        paid = [grant for grant in aid.grants_of(session, archive_id) if grant.outcome == "paid"]
        days = sorted(grant.paid_on or grant.granted_on for grant in paid)
        story = Story(
            archive.content,
            Standing(casework.case_of(session, archive_id).state.standing),
            len(visits.get(archive_id, [])),
            [(grant.item, grant.amount) for grant in paid],
            (days[0][:4], days[-1][:4]) if days else ("", ""),
        )
        found.append(story_facts(story, number, taken, session.today))
    return found


# -- writing ------------------------------------------------------------------------------------------------------


def write_text(session: OfficeSession, draft: DraftText, path: Path) -> None:
    """Write the draft for Word or WPS."""
    if path.suffix.lower() != ".docx":
        raise UserError("text_file_kind", name=path.name)
    data = text_docx(draft)
    remember_output(session, path.parent)
    with written_whole(path) as out:
        out.write(data)
