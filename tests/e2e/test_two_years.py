"""Two years of a township with three hundred households: every month, all figures equal a recount from its history."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

from neighbours import town_and_county
from recount import Recount, history_of, told_on
from sqlalchemy import text
from two_years import World, live, settle_in

from db.domain.due_words import DueKind
from db.services import case_list, casework, health, monitoring, pairing, reports, work_board
from db.services.case_list import CaseQuery, Due
from db.services.office import OfficeSession
from db.services.reports import ReportRequest

SEED = 2022
MONTHS = 24
OF_HOUSEHOLDS = {
    DueKind.VERIFY, DueKind.NOTICE, DueKind.PHASE_OUT, DueKind.NEXT_VISIT, DueKind.MEASURE, DueKind.CALL, DueKind.VISIT,
    DueKind.RETURNED,
}  # fmt: skip
"""Kinds of the board that stand with a household; the rest are days of the policy."""


def test_two_years__figures_reconcile_every_month(tmp_path: Path) -> None:
    """Applications, notices over holidays, windows, exits, relapses, bundles: no list ever says another thing than history."""
    looked: list[str] = []
    with town_and_county(tmp_path) as (town, county, stick):
        world = World(town, county, stick, random.Random(SEED))
        settle_in(world)

        def look(world: World) -> None:
            reconcile(world)
            looked.append(world.today)

        live(world, look)
        assert len(looked) == MONTHS and len(world.notebook) >= 300
        assert not {name for name, least in EVERYTHING.items() if world.seen[name] < least}, world.seen
        past_days_agree(town, looked)
        for session in (town, county):
            assert [item.title for item in health.check_office(session) if item.level == health.ERROR] == []


EVERYTHING = {
    "approved": 30, "returned": 3, "refused": 2, "refusal withdrawn": 1, "object": 5, "settle": 3, "uphold": 1, "fast_track": 3,
    "supply_comparison": 2, "begin_exit": 10, "begin_adjust": 2, "phase_out": 10, "relapse": 1, "readmit": 2, "step_back": 1,
    "disagree": 1, "not_eligible": 2, "give_up": 1, "make_temporary": 1, "convert": 1, "cancel": 1, "restore": 1, "abandon": 1,
    "over a holiday": 5,
    "refused begin_exit": 5, "refused phase_out": 10, "refused end_notice": 50, "handed over": 1, "opened": 1, "sheet": 30,
}  # fmt: skip
"""What must have happened, and how often at least, for the figures to mean something."""


def reconcile(world: World) -> None:
    """Everything the township shows, against its history; and its county, when the stick has just been there and back."""
    history = history_of(world.town)
    recount = Recount(history, world.today)
    notebook_agrees(world, recount)
    pools_agree(world.town, recount)
    board = {kind.value: spans for kind, spans in work_board.read_board(world.town).counts.items() if kind in OF_HOUSEHOLDS}
    assert {kind: {span.value: number for span, number in spans.items()} for kind, spans in board.items()} == recount.board()
    (covered,) = pairing.coverage_by_office(world.town)
    assert (covered.households, covered.paired, covered.led) == recount.coverage()
    if world.campaign:
        campaign = monitoring.campaign_of(world.town, world.campaign)
        assert (campaign.due, campaign.done, campaign.relapse) == recount.campaign(world.campaign)
    if world.day.month in {3, 6, 9, 12}:
        assert standings(world.county) == standings(world.town)


def notebook_agrees(world: World, recount: Recount) -> None:
    """What the clerks did is what stands in the history, in that order, and no revision is older than the one before."""
    kept = {key: [(row["act"], row["on_day"]) for row in recount.history.steps.get(key, [])] for key in world.notebook}
    assert kept == world.notebook
    for rows in recount.history.revisions.values():
        assert [row["revision"] for row in rows] == list(range(1, len(rows) + 1))
        moments = [row["made_at"] for row in rows]
        assert moments == sorted(moments)


def pools_agree(session: OfficeSession, recount: Recount) -> None:
    """Pools, stages, the piles that nag, and each household's own line."""
    counted = casework.count_cases(session)
    assert Counter({pool.value: number for pool, number in counted.standings.items()}) == recount.pools
    assert {(track.value, stage.value): number for (track, stage), number in counted.stages.items()} == recount.stages
    shown = case_list.count_standings(session, CaseQuery())
    assert Counter({pool.value: number for pool, number in shown.items()}) == recount.pools
    for due, expected in recount.nagging().items():
        assert set(case_list.case_ids(session, CaseQuery(due=Due(due)))) == expected, due
    lines = {key: tuple(row) for key, row in standings(session).items()}
    assert lines == {
        key: (it.pool, it.track, it.stage, it.notice_ends, it.phase_out_ends, it.verify_by) for key, it in recount.told.items()
    }


def past_days_agree(town: OfficeSession, days: list[str]) -> None:
    """The table of archives of past days: household by household who was on file then, and from opening to closing."""
    with town.database.writing() as connection:  # the invented households say that they were filed years later
        connection.execute(text("UPDATE archive SET filed_on = NULL"))
    history = history_of(town)
    for first, last in list(pairwise(days))[2::6]:
        report = reports.make_report(town, ReportRequest("archives", int(last[:4]), first, last))
        assert report.warnings == ()  # opening and what came and went lead to the closing
        told = {row.archive_id for row in reports.details(town, report, "S")}
        assert told == {key for key, it in told_on(history, last).items() if it.pool in {"on_file", "phasing_out"}} & shown_in(town)


def shown_in(session: OfficeSession) -> set[str]:
    """The office's archives that its lists show."""
    return {row.archive_id for row in case_list.case_rows(session, CaseQuery(office_id=session.office.id), limit=2000)}


def standings(session: OfficeSession) -> dict[str, tuple[str | None, ...]]:
    """Where each household stands, as the list of an office says it."""
    rows = case_list.case_rows(session, CaseQuery(), limit=2000)
    return {
        row.archive_id: (
            row.state.standing.value, row.state.track.value, row.state.stage.value, row.state.notice_ends,
            row.state.phase_out_ends, row.state.verify_by,
        )
        for row in rows
    }  # fmt: skip
