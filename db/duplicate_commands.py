"""The command ``duplicates``: search everybody an office holds, list the pairs that may be one person."""

import argparse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict

from db.command_office import Answer, open_office
from db.domain.look_alike import BAND_LABELS
from db.services import duplicates
from db.services.duplicates import DuplicateReport, Pair, PairState, PersonCard
from db.services.office import OfficeSession

_PAGE = 500


def list_duplicates(arguments: argparse.Namespace) -> Answer:
    """Search everybody, list the open pairs."""
    with closing(open_office(arguments)) as session:
        report = duplicates.find_duplicates(session)
        found = [pair for pair in _open_pairs(session) if pair.score >= arguments.min_score]
        counts = duplicates.count_pairs(session)
    body = {**asdict(report), "counts": {str(state): counts.of(state) for state in PairState}, "min_score": arguments.min_score}
    body["pairs"] = [{**asdict(pair), "band": pair.band, "now": asdict(pair.now)} for pair in found]
    return body, "\n".join([*(_text(pair) for pair in found), *_summary(report, len(found))])


def _open_pairs(session: OfficeSession) -> Iterator[Pair]:
    offset = 0
    while page := duplicates.list_pairs(session, PairState.OPEN, offset, _PAGE):
        yield from page
        offset += len(page)


def _text(pair: Pair) -> str:
    parts = "；".join(f"{part.text} {part.points:+d}" for part in pair.now.parts if part.points)
    people = "\n".join(f"    {_who(card)}" for card in (pair.first, pair.second))
    return f"{pair.score:>3}  {BAND_LABELS[pair.band]}\n{people}\n    {parts}"


def _who(card: PersonCard) -> str:
    return f"{card.name}（{card.role}）  档案 {card.archive_number}  {card.office_name}".rstrip()


def _summary(report: DuplicateReport, listed: int) -> Iterator[str]:
    yield f"共比对 {report.people} 人，列出 {listed} 对；以前判定过的 {report.remembered} 对不再列出。"
    if report.reopened:
        yield f"其中 {report.reopened} 对以前判为不是同一人，后来有身份证号改了，请再看一次。"
    for group in report.large_groups:
        yield f"没有逐一比对：{group.text}，有 {group.people} 人。"
