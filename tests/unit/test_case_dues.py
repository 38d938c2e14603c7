"""The lists that nag: the paper checklist in SQL is that of the domain; never helped, old proofs, overdue, to be verified."""

import random

from case_steps import give_papers, on_day
from factories import file_household, household, member
from sqlalchemy import text

from db.domain.case_words import Act
from db.domain.option_lists import option_list
from db.domain.paper_checklist import CASES, expired_papers, missing_papers
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import aid_services, archiving, case_list, casework, records
from db.services.case_list import CaseQuery, Due
from db.services.office import OfficeSession
from db.store import case_dues

_INSERT = text(
    "INSERT INTO attachment SELECT :id, :archive, :type, '1.pdf', '', 'application/pdf', 1, '', '', :id, 1, '', '', :at, '', NULL"
)


def due(session: OfficeSession, kind: Due) -> set[str]:
    return set(case_list.case_ids(session, CaseQuery(due=kind)))


def test_conditions__one_for_each_case_of_the_checklist() -> None:
    """A case added to the checklist must be told to the list, too."""
    assert set(case_dues.CONDITIONS) == {case.name for case in CASES}


def test_papers__missing_and_expired_as_the_checklist_says(office: OfficeSession) -> None:
    """Random households with random papers of random age: SQL and domain agree for every one."""
    on_day(office, "2026-11-01")
    chance = random.Random(5)
    types = [option.code for option in option_list("document_type").current()]
    missing, expired = set(), set()
    for seed in range(40):
        content = household(seed, members=chance.randint(0, 2), worker_number=f"34{seed:06d}")
        content.values |= {
            "hardship_category": chance.choice(["subsistence_household", "deep_hardship", "accidental_hardship"]),
            "main_hardship_cause": chance.choice(["major_illness", "accident", "schooling", "laid_off"]),
            "secondary_hardship_causes": chance.choice([None, ["natural_disaster"], ["major_illness"]]),
            "is_migrant_worker": chance.choice([None, False, True]),
            "is_single_parent": chance.choice([None, False, True]),
            "health_status": chance.choice(["good", "disabled"]),
        }
        content.members += [member(name="小明", member_identity="college")] if chance.random() < 0.3 else []
        archive_id = archiving.save_archive(office, content).id
        present = types if chance.random() < 0.5 else []
        without = chance.sample(present, 2) if present and chance.random() < 0.7 else []
        kept = [code for code in present if code not in without]
        with office.database.writing() as connection:
            newest = {code: chance.choice(["2025-10-31", "2025-11-01", "2026-10-01", "2026-10-01"]) for code in kept}
            for code, on in newest.items():
                connection.execute(_INSERT, {"id": f"{seed}{code}", "archive": archive_id, "type": code, "at": f"{on}T09:00:00"})
        stored = archiving.load_archive(office, archive_id).content
        missing |= {archive_id} if missing_papers(stored, kept) else set()
        expired |= {archive_id} if expired_papers(stored, newest, office.today) else set()
    assert 0 < len(missing) < 40
    assert 0 < len(expired) < 40
    assert due(office, Due.PAPERS_MISSING) == missing
    assert due(office, Due.PAPERS_EXPIRED) == expired


def test_papers_expired__a_newer_one_puts_it_right(office: OfficeSession) -> None:
    """A proof of income of more than a year ago is due again until a newer one is filed; an ID copy never ages."""
    on_day(office, "2025-10-01")
    archive_id = file_household(office, 1, worker_number="34000001").id
    give_papers(office, archive_id, "income_proof", "id_card")
    on_day(office, "2026-09-30")
    assert due(office, Due.PAPERS_EXPIRED) == set()
    on_day(office, "2026-11-01")
    assert due(office, Due.PAPERS_EXPIRED) == {archive_id}
    give_papers(office, archive_id, "income_proof")
    assert due(office, Due.PAPERS_EXPIRED) == set()


def test_never_helped__until_a_measure_is_done(office: OfficeSession) -> None:
    """A measure that is only planned is no help; one whose day passed is overdue."""
    on_day(office, "2026-11-01")
    archive_id = file_household(office, 1, worker_number="34000001").id
    values = {"measure_kind": "warmth", "content": "慰问", "responsible": "吴秀英", "planned_on": "2026-10-01", "due_on": "2026-10-15"}
    planned = records.save_record(office, archive_id, RecordKind.MEASURE, RecordContent(dict(values)))
    assert due(office, Due.NEVER_HELPED) == due(office, Due.OVERDUE) == {archive_id}
    done = RecordContent({**values, "done_on": "2026-10-30"})
    records.save_record(office, archive_id, RecordKind.MEASURE, done, planned.record_id)
    assert due(office, Due.NEVER_HELPED) == due(office, Due.OVERDUE) == set()


def test_helped_long_ago__a_year_after_the_last_help(office: OfficeSession) -> None:
    """Advice given is help; a year later the household is named again, and who never had anything is on the other list."""
    on_day(office, "2025-10-01")
    first, other = (file_household(office, seed, worker_number=f"3400000{seed}").id for seed in (1, 2))
    advice = {"legal_matter": "wages", "legal_way": "advice", "on_day": "2025-10-01", "responsible": "吴秀英", "what": "咨询"}
    content = aid_services.prepared_service(office, "legal")
    content.values |= advice
    aid_services.save_service(office, first, content)
    assert due(office, Due.NEVER_HELPED) == {other}
    on_day(office, "2026-09-30")
    assert due(office, Due.HELPED_LONG_AGO) == set()
    on_day(office, "2026-10-01")
    assert due(office, Due.HELPED_LONG_AGO) == {first}


def test_to_verify__and_every_list_counted_at_once(office: OfficeSession) -> None:
    """Who is in verification waits to be verified; the counts of all lists are those of the lists."""
    on_day(office, "2026-11-01")
    archive_id = file_household(office, 1, worker_number="T1").id
    give_papers(office, archive_id, "application", "verification_consent")
    casework.take_step(office, archive_id, Act.ACCEPT)
    file_household(office, 2, worker_number="34000002")
    assert due(office, Due.TO_VERIFY) == {archive_id}
    assert case_list.count_dues(office) == {kind: len(due(office, kind)) for kind in Due}
