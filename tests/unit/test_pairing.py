"""Pairing: who looks after whom on which day, the coverage with its gaps by name, hand-over, and the contacts owed."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from case_steps import on_day
from factories import file_household, make_office
from sqlalchemy import text

from db.domain.case_words import Act
from db.domain.pairing_duties import DEFAULT_DUTIES, due_on
from db.domain.records.record_form import RecordContent, RecordKind
from db.errors import UserError
from db.services import archiving, cadre_sheets, cadres, casework, duties, pairing, records
from db.services.duties import PairingQuery
from db.services.office import OfficeSession
from db.services.revisions import archive_history

TODAY = "2026-11-21"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """An office in November 2026."""
    session, _ = make_office(tmp_path / "office")
    on_day(session, TODAY)
    yield session
    session.close()


def cadre(session: OfficeSession, name: str, *, is_leader: bool = False) -> str:
    """An invented cadre of the register."""
    content = RecordContent({"name": name, "unit": "镇总工会", "phone": "0556-1234567", "is_leader": is_leader})
    return cadres.save_cadre(session, content).record_id


def on_file(session: OfficeSession, seed: int) -> str:
    """A household with a number of the national system: on file."""
    return file_household(session, seed, worker_number=f"3408820{seed:04d}").id


def contact(session: OfficeSession, archive_id: str, day: str, method: str = "call") -> None:
    """A contact that was noted."""
    content = RecordContent({"method": method, "purpose": "contact", "visited_on": day, "visitors": "李四"})
    records.save_record(session, archive_id, RecordKind.HOME_VISIT, content)


def names(session: OfficeSession, archive_id: str) -> list[str]:
    """Who looks after a household today, the one responsible first."""
    return [item.name for item in pairing.pairings_of(session, archive_id)[0]]


def test_pair__many_to_one_with_one_responsible(office: OfficeSession) -> None:
    """Several cadres look after a household, one of them answers for it; a second one is passed over with the reason."""
    first, second = on_file(office, 1), on_file(office, 2)
    li, wang = cadre(office, "李四"), cadre(office, "王五")
    assert pairing.pair(office, [first, second], {li: "main", wang: "helper"}, "2026-03-02").paired == 2
    assert names(office, first) == ["李四", "王五"]
    zhao = cadre(office, "赵六")
    outcome = pairing.pair(office, [first], {zhao: "main"})
    assert outcome.paired == 0 and "李四" in outcome.skipped[0].reason
    assert pairing.pair(office, [first], {zhao: "main"}, instead=True).skipped == []
    assert names(office, first) == ["赵六"] and names(office, second) == ["李四", "王五"]
    over = pairing.pairings_of(office, first)[1]
    assert {(item.name, item.until, item.words("end_reason")) for item in over} == {
        ("李四", TODAY, "调换结对"),
        ("王五", TODAY, "调换结对"),
    }
    with pytest.raises(UserError) as caught:
        pairing.pair(office, [first], {li: "main", zhao: "main"})
    assert caught.value.code == "pairing_two_mains"


def test_pair__roles_change_and_a_day_ahead_is_refused(office: OfficeSession) -> None:
    """The helper becomes the one responsible by exchange; nothing is stored of a day that lies ahead."""
    household, li, wang = on_file(office, 1), cadre(office, "李四"), cadre(office, "王五")
    with pytest.raises(UserError) as caught:
        pairing.pair(office, [household], {li: "main"}, "2026-11-22")
    assert caught.value.code == "record_faulty"
    assert pairing.pairings_of(office, household) == ([], [])
    pairing.pair(office, [household], {li: "main", wang: "helper"}, "2026-03-02")
    pairing.pair(office, [household], {wang: "main", li: "helper"})
    assert names(office, household) == ["王五", "李四"]
    assert pairing.pair(office, [household], {wang: "main"}).skipped[0].reason == "已经和“王五”结对。"


def test_form__names_who_answers_for_the_household(office: OfficeSession) -> None:
    """帮扶责任人 on the form follows the pairing: exchanged, ended, taken out; a name from elsewhere stays until replaced."""
    household = file_household(office, 1, worker_number="34088200001", pairing_partner="从前的人").id
    li, wang = cadre(office, "李四"), cadre(office, "王五")

    def partner() -> str:
        return archiving.load_archive(office, household).content.text("pairing_partner")

    pairing.pair(office, [household], {li: "helper"}, "2026-03-02")
    assert partner() == "从前的人"
    pairing.pair(office, [household], {wang: "main"}, "2026-03-02")
    assert partner() == "王五"
    pairing.hand_over(office, wang, {household: li}, "2026-11-20")
    assert partner() == "李四"
    main = pairing.pairings_of(office, household)[0][0]
    with pytest.raises(UserError):
        pairing.remove_pairing(office, main.record_id, " ")
    pairing.remove_pairing(office, main.record_id, "记错了")
    assert partner() == "" and names(office, household) == []
    told = [entry for entry in archive_history(office, household) if entry.action == "amend"]
    assert {change.field for entry in told for change in entry.changes} == {"pairing_partner"}


def test_pair_by_form__who_is_named_there(office: OfficeSession) -> None:
    """Households of an old list are paired at once with whom their forms name; no name, an unknown and a double one are told."""
    people = ("李四", "", "没有登记", "同名")
    households = [
        file_household(office, seed, worker_number=f"3408820{seed:04d}", pairing_partner=name or None).id
        for seed, name in enumerate(people, 1)
    ]
    cadre(office, "李四")
    for unit in ("甲工会", "乙工会"):
        content = RecordContent({"name": "同名", "unit": unit, "phone": "0556-1234567", "is_leader": False})
        cadres.save_cadre(office, content)
    outcome = pairing.pair_by_form(office, households)
    assert outcome.paired == 1 and names(office, households[0]) == ["李四"]
    assert [item.archive_id for item in outcome.skipped] == households[1:]
    assert "没有写" in outcome.skipped[0].reason and "没有登记" in outcome.skipped[1].reason and "2 位" in outcome.skipped[2].reason


def test_hand_over__all_households_in_one_step(office: OfficeSession) -> None:
    """Ended and begun on the same day, on each day exactly one responsible; the cadre is gone from the choices."""
    households = [on_file(office, seed) for seed in range(1, 6)]
    li, wang, zhao = cadre(office, "李四"), cadre(office, "王五"), cadre(office, "赵六")
    pairing.pair(office, households, {li: "main"}, "2026-03-02")
    pairing.pair(office, households[:1], {wang: "helper"}, "2026-03-02")
    shared = pairing.share_out(office, li, [wang, zhao])
    assert sorted(shared) == sorted(households)
    assert sorted(list(shared.values()).count(key) for key in (wang, zhao)) == [2, 3]  # wang has one already
    with pytest.raises(UserError):
        pairing.hand_over(office, li, {**shared, households[2]: li}, "2026-11-20")
    assert names(office, households[1]) == ["李四"]  # all or none
    assert pairing.hand_over(office, li, dict.fromkeys(households, wang), "2026-11-20", reason="退休") == 5
    for household in households:
        standing, over = pairing.pairings_of(office, household)
        assert [(item.name, item.is_main, item.since) for item in standing] == [("王五", True, "2026-11-20")]
        assert ("李四", "2026-11-20") in {(item.name, item.until) for item in over}
    gone = next(row for row in cadres.list_cadres(office) if row.cadre_id == li)
    assert (gone.households, gone.left_on, gone.has_left(TODAY)) == (0, "2026-11-20", True)
    with pytest.raises(UserError) as caught:
        pairing.pair(office, households[:1], {li: "helper"})
    assert caught.value.code == "cadre_left"
    told = [entry.reason for entry in archive_history(office, households[1]) if entry.action == "record"]
    assert any("干部离任" in line or "2026-11-20 结束" in line for line in told)


def test_hand_over__names_the_household_that_stands_in_the_way(office: OfficeSession) -> None:
    """One archive that is another's now stops all, and the refusal says which."""
    households = [on_file(office, seed) for seed in range(1, 4)]
    li, wang = cadre(office, "李四"), cadre(office, "王五")
    pairing.pair(office, households, {li: "main"}, "2026-03-02")
    with office.database.writing() as connection:
        connection.execute(text("UPDATE archive SET office_id = 'other' WHERE id = :id"), {"id": households[1]})
    with pytest.raises(UserError) as caught:
        pairing.hand_over(office, li, dict.fromkeys(households, wang))
    assert caught.value.code == "hand_over_stuck"
    assert archiving.load_archive(office, households[1]).archive_number in caught.value.text()
    assert names(office, households[0]) == ["李四"]


def test_coverage__towards_all_with_the_missing_by_name(office: OfficeSession) -> None:
    """Active pairings ÷ households on file; applicants do not count, an ended pairing neither, leaders are told apart."""
    households = [on_file(office, seed) for seed in range(1, 5)]
    file_household(office, 9, worker_number="T0009")
    li, wang = cadre(office, "李四", is_leader=True), cadre(office, "王五")
    pairing.pair(office, households[:1], {li: "main"}, "2026-03-02")
    pairing.pair(office, households[1:3], {wang: "main"}, "2026-03-02")
    ended = pairing.pairings_of(office, households[2])[0][0]
    pairing.end_pairing(office, ended.record_id, TODAY, "other")
    found = pairing.coverage_by_office(office)[0]
    assert (found.households, found.paired, found.led, found.rate, found.led_rate) == (4, 2, 1, "50%", "25%")
    missing = duties.pairing_rows(office, PairingQuery(pile="missing"))
    assert {row.archive_id for row in missing} == set(households[2:])
    assert pairing.percent(1999, 2000) == "99.9%"
    share = cadres.leader_share(cadres.list_cadres(office), TODAY)
    assert (share.leaders, share.paired_leaders) == (1, 1)


def test_gone__still_paired_after_leaving_the_archives(office: OfficeSession) -> None:
    """A household that has exited counts no more; its pairing is named and ended, and then nothing is left of it."""
    household, li = file_household(office, 1, worker_number="T0001").id, cadre(office, "李四")
    pairing.pair(office, [household], {li: "main"}, "2026-03-02")
    gone = {"exited_on": "2026-11-10", "exit_reason": "re_employed"}
    casework.take_step(office, household, Act.NOTE_EXITED, gone)
    counts = duties.count_piles(office, PairingQuery())
    assert (counts["all"], counts["overdue"], counts["gone"]) == (0, 0, 1)
    rows = duties.pairing_rows(office, PairingQuery(pile="gone"))
    assert [(row.archive_id, row.cadres[0].name, row.duties) for row in rows] == [(household, "李四", ())]
    with pytest.raises(UserError):
        pairing.end_all_of(office, [household], "2026-11-20", "")
    assert pairing.end_all_of(office, [household], "2026-11-20", "exited").paired == 1
    assert duties.count_piles(office, PairingQuery())["gone"] == 0
    assert cadres.list_cadres(office)[0].households == 0


def test_cadres__not_twice_and_not_removed_once_paired(office: OfficeSession) -> None:
    """One entered by mistake goes; one who was ever paired stays in the register."""
    li = cadre(office, "李四")
    with pytest.raises(UserError) as caught:
        cadre(office, "李四")
    assert caught.value.code == "cadre_twice"
    pairing.pair(office, [on_file(office, 1)], {li: "main"})
    with pytest.raises(UserError) as caught:
        cadres.remove_cadre(office, li)
    assert caught.value.code == "cadre_paired"
    leaving = RecordContent({**records.load_entry(office, li).content.values, "left_on": TODAY})
    with pytest.raises(UserError) as caught:
        cadres.save_cadre(office, leaving, li)
    assert caught.value.code == "cadre_holds"
    cadres.remove_cadre(office, cadre(office, "王五"))
    assert [row.name for row in cadres.list_cadres(office)] == ["李四"]


def test_duties__due_by_the_end_of_the_month_after_the_interval(office: OfficeSession) -> None:
    """A call counts for a month, a visit at home for half a year and for the call, too; a message for neither."""
    household, li = on_file(office, 1), cadre(office, "李四")
    pairing.pair(office, [household], {li: "main"}, "2026-03-02")

    def due() -> dict[str, str]:
        return {state.duty.code: state.due_on for state in duties.household_duties(office, household)}

    assert due() == {"call": "2026-04-30", "visit": "2026-09-30"}
    contact(office, household, "2026-10-05", "message")
    assert due()["call"] == "2026-04-30"
    contact(office, household, "2026-10-05")
    assert due() == {"call": "2026-11-30", "visit": "2026-09-30"}
    contact(office, household, "2026-11-02", "home")
    assert due() == {"call": "2026-12-31", "visit": "2027-05-31"}
    assert duties.count_piles(office, PairingQuery()) == {
        "all": 1, "missing": 0, "paired": 1,
        "owed": 0, "overdue": 0, "due": 0, "gone": 0,
    }
    pairing.hand_over(office, li, {household: cadre(office, "王五")})
    assert due() == {"call": "2026-12-31", "visit": "2027-05-31"}  # another cadre, the same household


def test_duties__policy_before_office_before_usual(office: OfficeSession) -> None:
    """What the policy in force says counts; else what the office has set, in bounds; else a call a month, a visit a half year."""
    household, li = on_file(office, 1), cadre(office, "李四")
    pairing.pair(office, [household], {li: "main"}, "2026-03-02")
    duties.set_duty_months(office, {"call": 2, "visit": 12})
    assert {state.duty.code: state.due_on for state in duties.household_duties(office, household)} == {
        "call": "2026-05-31",
        "visit": "2027-03-31",
    }
    assert "每 2 个月电话联系 1 次" in duties.duty_rules(office).words
    with pytest.raises(UserError):
        duties.set_duty_months(office, {"call": 0, "visit": 6})
    on_day(office, "2020-11-21")  # the packaged policy of the place is in force and orders both
    assert duties.duty_rules(office).origin is duties.RuleOrigin.POLICY
    assert "每月电话联系 1 次" in duties.duty_rules(office).words


def test_duties__list_agrees_with_a_count_by_hand(office: OfficeSession) -> None:
    """For random pairings and contacts the statement says what plain Python says, for every household."""
    rng = random.Random(5)
    li = cadre(office, "李四")
    first = date(2026, 1, 1)
    expected: dict[str, dict[str, str]] = {}
    for seed in range(1, 13):
        household = on_file(office, seed)
        since = (first + timedelta(days=rng.randrange(320))).isoformat()
        pairing.pair(office, [household], {li: "main"}, since)
        contacts: dict[str, list[str]] = {"call": [], "visit": []}
        for _ in range(rng.randrange(4)):
            day, method = (first + timedelta(days=rng.randrange(320))).isoformat(), rng.choice(["call", "home", "office"])
            contact(office, household, day, method)
            contacts["call"].append(day)
            contacts["visit"] += [day] if method == "home" else []
        expected[household] = {duty.code: due_on(duty, since, contacts[duty.code]) for duty in DEFAULT_DUTIES}
    rows = duties.pairing_rows(office, PairingQuery(pile="paired"))
    assert {row.archive_id: {state.duty.code: state.due_on for state in row.duties} for row in rows} == expected
    firsts = {key: min(days.values()) for key, days in expected.items()}
    counts = duties.count_piles(office, PairingQuery())
    assert counts["overdue"] == sum(day < TODAY for day in firsts.values())
    assert counts["due"] == sum(TODAY <= day <= "2026-11-30" for day in firsts.values())
    assert set(duties.pairing_ids(office, PairingQuery(pile="overdue"))) == {k for k, day in firsts.items() if day < TODAY}
    told = duties.due_duties(office)
    assert len(told) == sum(day <= "2026-11-30" for days in expected.values() for day in days.values())
    assert [item.due_on for item in told] == sorted(item.due_on for item in told)


def test_write_duty_calendar__one_day_for_a_cadre(office: OfficeSession, tmp_path: Path) -> None:
    """The contacts of a day stand together, with names and without numbers; they go on for a year."""
    households = [on_file(office, seed) for seed in (1, 2)]
    pairing.pair(office, households, {cadre(office, "李四"): "main"}, TODAY)
    events = duties.calendar_events(office)
    calls = [event for event in events if "电话联系" in event.summary]
    assert len(calls) == 12 and calls[0].day == "2026-12-31" and "2 户（李四）" in calls[0].summary
    assert [event.day for event in events if "入户走访" in event.summary] == ["2027-05-31", "2027-11-30"]
    path = tmp_path / "结对.ics"
    assert duties.write_duty_calendar(office, path) == 14
    text = path.read_text(encoding="utf-8").replace("\r\n ", "")
    name = archiving.load_archive(office, households[0]).content.text("name")
    assert "3408820" not in text and name not in text
    assert name in duties.calendar_events(office, with_names=True)[0].description


def test_save_cadre__pairings_that_stand_say_what_is_known_now(office: OfficeSession) -> None:
    """A new phone and post reach the households that are looked after; a pairing that is over stays as it was."""
    first, second, li = on_file(office, 1), on_file(office, 2), cadre(office, "李四")
    pairing.pair(office, [first, second], {li: "main"}, "2026-03-02")
    over = pairing.pairings_of(office, second)[0][0]
    pairing.end_pairing(office, over.record_id, TODAY, "other")
    content = RecordContent({**records.load_entry(office, li).content.values, "phone": "13900000000", "is_leader": True})
    cadres.save_cadre(office, content, li)
    assert [(item.phone, item.is_leader) for item in pairing.pairings_of(office, first)[0]] == [("13900000000", True)]
    assert [item.phone for item in pairing.pairings_of(office, second)[1]] == ["0556-1234567"]
    assert pairing.coverage_by_office(office)[0].led == 1
    versions = len(records.record_versions(office, pairing.pairings_of(office, first)[0][0].record_id))
    cadres.save_cadre(office, RecordContent({**content.values, "left_reason": "待定"}), li)
    assert len(records.record_versions(office, pairing.pairings_of(office, first)[0][0].record_id)) == versions


def test_cadre_sheets__written_changed_and_read_back(office: OfficeSession, tmp_path: Path) -> None:
    """What is written can be read back; a trial stores nothing; a bad line is told and leaves the others alone."""
    cadre(office, "李四", is_leader=True)
    path = tmp_path / "帮扶干部.xlsx"
    cadre_sheets.write_cadres(office, path, cadres.list_cadres(office))
    again = cadre_sheets.import_cadres(office, path)
    assert (again.added, again.changed, again.unchanged, again.faults) == (0, 0, 1, [])
    rows = [
        ("联系电话", "姓 名", "工作单位", "是否领导干部", "离任日期"),
        ("13900000000", "李四", "镇总工会", "", ""),
        ("0556-7654321", "王五", "镇总工会", "否", "2026.5.1"),
        ("0556-7654321", "赵六", "镇总工会", "看情况", ""),
        ("0556-7654321", "钱七", "", "否", ""),
    ]
    book = xlsxwriter.Workbook(tmp_path / "来表.xlsx")
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    trial = cadre_sheets.import_cadres(office, tmp_path / "来表.xlsx", dry_run=True)
    assert [row.name for row in cadres.list_cadres(office)] == ["李四"]
    told = cadre_sheets.import_cadres(office, tmp_path / "来表.xlsx")
    assert (told.added, told.changed, told.unchanged) == (trial.added, trial.changed, trial.unchanged) == (1, 1, 0)
    assert [(item.line, item.name) for item in told.faults] == [(4, "赵六"), (5, "钱七")]
    found = {row.name: row for row in cadres.list_cadres(office)}
    assert (found["李四"].phone, found["李四"].is_leader) == ("13900000000", True)
    assert found["王五"].left_on == "2026-05-01"


def test_pairing__random_acts_keep_what_must_hold(office: OfficeSession) -> None:
    """Whatever is paired, exchanged, ended and handed over: on no day two are responsible, nobody stands twice, nobody who
    has left stands, a hand-over leaves no gap, and the counts are those of a recount from the records.
    """
    rng = random.Random(7)
    households = [on_file(office, seed) for seed in range(1, 5)]
    people = [cadre(office, f"干部{number}") for number in range(4)]
    day = date(2026, 1, 1)
    for _ in range(60):
        day += timedelta(days=rng.randrange(4))
        on_day(office, day.isoformat())
        household, chosen = rng.choice(households), rng.sample(people, rng.randrange(1, 3))
        try:
            match rng.randrange(5):
                case 0 | 1:
                    roles = {chosen[0]: "main", **dict.fromkeys(chosen[1:], "helper")}
                    pairing.pair(office, [household], roles, instead=rng.random() < 0.5)
                case 2:
                    pairing.pair(office, [household], {chosen[0]: "helper"})
                case 3:
                    pairing.end_all_of(office, [household], office.today, "other")
                case _:
                    before = {key: len(names(office, key)) > 0 for key in households}
                    others = [key for key in people if key != chosen[0]]
                    leaves = rng.random() < 0.2
                    pairing.hand_over(office, chosen[0], pairing.share_out(office, chosen[0], others), leaves=leaves)
                    assert {key: len(names(office, key)) > 0 for key in households} == before
        except UserError as fault:
            assert fault.code in {"cadre_idle", "cadre_left", "hand_over_receiver"}
        _must_hold(office, households, day)
    assert sum(len(records.list_records(office, key, RecordKind.PAIRING)) for key in households) > 20


def _must_hold(office: OfficeSession, households: list[str], today: date) -> None:
    gone = {row.cadre_id for row in cadres.list_cadres(office) if row.has_left(today.isoformat())}
    standing: dict[str, list[str]] = {}
    for household in households:
        kept = [item.content for item in records.list_records(office, household, RecordKind.PAIRING)]
        for back in range(0, 30, 7):
            day = (today - timedelta(days=back)).isoformat()
            stands = [each for each in kept if each.text("since") <= day and (each.text("until") or "9999") > day]
            assert sum(each.text("role") == "main" for each in stands) <= 1
            assert len({each.text("cadre_id") for each in stands}) == len(stands)
            if not back:
                standing[household] = [each.text("cadre_id") for each in stands]
    assert not gone & {key for people in standing.values() for key in people}
    paired = sum(bool(people) for people in standing.values())
    found = pairing.coverage_by_office(office)[0]
    assert (found.households, found.paired) == (len(households), paired)
    loads = {row.cadre_id: row.households for row in cadres.list_cadres(office)}
    assert loads == {key: sum(key in people for people in standing.values()) for key in loads}
