"""The figure `board`: everything the work board shows of an office of 20 000 archives, beside the bare SQL counts of it.

Cases, pairings, visits, measures and plans are inserted directly: a year's work of a large office, some of it late. The
floor counts the same in plain SQL, each figure by itself, over one open connection; the board names the first lines of
each kind besides, and reads what is submitted, returned and backed up.
"""

import json
import random
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from bench_workshop import ARCHIVES, Figure, Workshop, bare_connection, in_turn, milliseconds

from db.domain.due_words import AHEAD, DueKind, Span
from db.services import policies, work_board
from db.services.office import OfficeSession

ROUNDS = 15
_SIGNED = ("made_at", "clerk_id", "clerk_name", "office_id", "device_id", "device_counter")
_CASE = "INSERT INTO case_state (archive_id, standing, track, stage, since, was_returned, verify_by, notice_ends, phase_out_ends)"
_RECORD = (
    "INSERT INTO case_record (id, record_id, kind, archive_id, archive_revision, on_day, ends_on, subject_id, is_removed,"
    f" is_current, content, {', '.join(_SIGNED)}) VALUES ({', '.join('?' * 17)})"
)
_CURRENT = "is_current AND NOT is_removed"
_LATEST = (
    "NOT EXISTS (SELECT 1 FROM case_record n WHERE n.archive_id = r.archive_id AND n.kind = r.kind AND n.on_day > r.on_day"
    " AND n.is_current AND NOT n.is_removed)"
)
_STILL = (
    "archive_id NOT IN (SELECT archive_id FROM case_state WHERE standing NOT IN ('applicant', 'on_file', 'phasing_out',"
    " 'temporary'))"
)
_CONTACTS = (
    "SELECT sum(date(max(coalesce((SELECT max(v.on_day) FROM case_record v INDEXED BY contact_days"
    " WHERE v.archive_id = p.archive_id AND v.kind = 'home_visit' AND v.is_current AND NOT v.is_removed"
    " AND json_extract(v.content, '$.values.method') IN {methods}),"
    " p.on_day), p.on_day), 'start of month', '+{months} months', '-1 day') <= :until) FROM case_record p INDEXED BY pairing_days"
    " JOIN case_state c ON c.archive_id = p.archive_id WHERE p.kind = 'pairing' AND p.is_current AND NOT p.is_removed"
    " AND c.standing IN ('on_file', 'phasing_out')"
)
_COUNTS = (
    "SELECT count(*) FROM case_state WHERE verify_by <= :until",
    "SELECT count(*) FROM case_state WHERE notice_ends < :until AND stage = 'notice'",
    "SELECT count(*) FROM case_state WHERE phase_out_ends <= :until AND standing = 'phasing_out'",
    f"SELECT count(*) FROM case_record WHERE kind = 'measure' AND {_CURRENT} AND ends_on <= :until"
    f" AND json_extract(content, '$.values.done_on') IS NULL AND {_STILL}",
    f"SELECT count(*) FROM case_record r WHERE kind = 'help_plan' AND {_CURRENT} AND ends_on <= :until AND {_STILL} AND {_LATEST}",
    f"SELECT count(*) FROM case_record r WHERE kind = 'home_visit' AND {_CURRENT} AND ends_on <= :until AND {_LATEST}",
    "SELECT count(*) FROM assessment WHERE recheck_on <= :until",
    _CONTACTS.format(methods="('call', 'home', 'workplace', 'office')", months=2),
    _CONTACTS.format(methods="('home')", months=7),
    ARCHIVES,
    "SELECT count(*) FROM archive WHERE exported_revision < revision AND acknowledged_revision < revision",
    "SELECT count(*) FROM archive WHERE exported_revision = revision AND acknowledged_revision < revision",
    "SELECT count(*) FROM archive WHERE is_complete = 0",
    "SELECT count(*) FROM archive WHERE office_id = (SELECT json_extract(value, '$.id') FROM office_setting WHERE key = 'office')",
    "SELECT count(*) FROM draft",
    "SELECT count(*) FROM circular WHERE withdrawn_at IS NULL AND read_at IS NULL",
)
"""What the board shows, figure by figure."""
_KINDS = (
    DueKind.VERIFY, DueKind.NOTICE, DueKind.PHASE_OUT, DueKind.MEASURE, DueKind.PLAN, DueKind.NEXT_VISIT, DueKind.RECHECK,
    DueKind.CALL, DueKind.VISIT,
)  # fmt: skip
"""What the first of them count."""


def board(workshop: Workshop) -> Figure:
    """The board of an office of 20 000 archives, all that it reads."""
    session = workshop.grown_to(20_000)
    policies.choose_policy(session, "qinghai-2022")
    connection = bare_connection(session.folder)
    if not connection.execute("SELECT count(*) FROM case_state").fetchone()[0]:
        _work_a_year(connection, session)
    until = (date.fromisoformat(session.today) + timedelta(AHEAD)).isoformat()

    def bare(_round: int) -> float:
        return milliseconds(lambda: [connection.execute(statement, {"until": until}).fetchone() for statement in _COUNTS])

    def service(_round: int) -> float:
        return milliseconds(work_board.read_board, session)

    floor, ours = in_turn(ROUNDS, bare, service)
    shown = work_board.read_board(session)
    counted = [connection.execute(statement, {"until": until}).fetchone()[0] for statement in _COUNTS[: len(_KINDS)]]
    notes: dict[str, Any] = {
        "archives": workshop.count(session, ARCHIVES),
        "records": workshop.count(session, "SELECT count(*) FROM case_record"),
        "counted": counted,
        "agrees": counted == [sum(shown.counts.get(kind, {}).values()) for kind in _KINDS],
        "late": shown.count(Span.LATE),
        "lines": len(shown.items),
        "bare_statements": len(_COUNTS),
    }
    connection.close()
    what = "work board of an office of 20 000 archives: every count and the first lines of each kind"
    return Figure(what, "bare SQL counts of the same, one by one", 3, floor, ours, ROUNDS, notes)


def _work_a_year(connection: Any, session: OfficeSession) -> None:
    """Every household is paired, visited and rung up; one of ten has measures, one of twenty something else under way."""
    rng, today = random.Random(20), date.fromisoformat(session.today)
    ids = [row[0] for row in connection.execute("SELECT id FROM archive ORDER BY rowid LIMIT 20000")]
    connection.execute("BEGIN")
    for number, archive_id in enumerate(ids):
        connection.execute(f"{_CASE} VALUES ({', '.join('?' * 9)})", _case(rng, today, number, archive_id))
        rows = _records(rng, today, number)
        for kind, on_day, ends_on, values in rows:
            signed = (datetime.now().astimezone().isoformat(), "c", "测试员", session.office.id, "d", number)
            content = json.dumps({"values": values, "rows": {}, "edition": "1"}, ensure_ascii=False)
            made = (uuid.uuid4().hex, uuid.uuid4().hex, kind, archive_id, 1, on_day, ends_on, None, 0, 1, content)
            connection.execute(_RECORD, (*made, *signed))
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


def _near(rng: random.Random, today: date, back: int = 60, ahead: int = 300) -> str:
    return (today + timedelta(days=rng.randint(-back, ahead))).isoformat()


def _case(rng: random.Random, today: date, number: int, archive_id: str) -> tuple[object, ...]:
    day, near = today.isoformat(), _near(rng, today)
    if number % 50 == 0:
        return archive_id, "applicant", "file", "notice", day, 0, None, _near(rng, today, 5, 10), None
    if number % 50 == 1:
        return archive_id, "phasing_out", "", "", day, 0, None, None, near
    if number % 50 == 2:
        return archive_id, "on_file", "", "", day, 0, near, None, None
    return archive_id, "exited" if number % 5 == 4 else "on_file", "", "", day, 0, None, None, None


def _records(rng: random.Random, today: date, number: int) -> list[tuple[str, str, str | None, dict[str, object]]]:
    """Kind, day, end and answers."""
    visited, called = _near(rng, today, 200, -1), _near(rng, today, 40, -1)
    following = _near(rng, today) if number % 20 == 0 else None
    found: list[tuple[str, str, str | None, dict[str, object]]] = [
        ("pairing", _near(rng, today, 700, -210), None, {"cadre_id": f"c{number % 300}", "role": "main"}),
        ("home_visit", visited, following, {"method": "home", "visitors": "张三、李四"}),
        ("home_visit", called, None, {"method": "call", "visitors": "张三"}),
    ]
    if number % 10 == 0:
        for _ in range(3):
            done = {"done_on": today.isoformat()} if rng.random() < 0.7 else {}
            found.append(("measure", _near(rng, today, 300, -1), _near(rng, today), {"content": "介绍工作", **done}))
        found.append(("help_plan", _near(rng, today, 300, -1), _near(rng, today), {"goal": "稳定就业"}))
    return found


