"""By whose limits a grant is judged under each of the packaged policies: regimes of a student, donors, what is left open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from aid_money import fill_means, fund
from factories import citizen_number, file_household, make_office

from db.domain.case_words import Act
from db.domain.form_schema import Value
from db.services import (
    aid,
    aid_limits,
    archiving,
    casework,
    means,
    policies,
    student_grants,
    student_lists,
    student_look,
    students,
)
from db.services.aid import AidLook, GrantInput
from db.services.archiving import Archive
from db.services.office import OfficeSession
from db.services.policies import FigureChange, NewSource


@dataclass
class Place:
    """An office under one policy, with a household on file, one that is not, and money."""

    office: OfficeSession
    year: int
    filed: Archive
    unfiled: Archive
    funds: dict[str, str] = field(default_factory=dict)

    def child(self, archive: Archive, **values: Value) -> str:
        """The first member registered as a student of the year; whom it is."""
        person = str(archive.content.members[0]["id"])
        content = students.prepared_student(self.office, archive.id, person, self.year)
        content.values |= {"school": "某学校", "school_region": "110105", "student_kind": "new", "enrolled_year": self.year,
                           "study_years": 4, "stage": "bachelor", **values}  # fmt: skip
        students.save_student(self.office, archive.id, content)
        return person

    def look(self, archive: Archive, item: str, yuan: int, source: str, person: str = "") -> AidLook:
        """What there is to say of a grant."""
        given = GrantInput(item, yuan * 100, person=person, fund_id=self.funds[source])
        return aid.look_at_grant(self.office, archive.id, given)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str, str], Place]]:
    """Opens an office under a policy on a day."""
    opened = []

    def open_it(policy: str, day: str, category: str = "deep_hardship") -> Place:
        office, _ = make_office(tmp_path / policy)
        opened.append(office)
        year, month, date = map(int, day.split("-"))
        office.clock = lambda: datetime(year, month, date, 9, tzinfo=timezone(timedelta(hours=8)))
        policies.choose_policy(office, policy)
        made = []
        for seed, filed in ((1, {"worker_number": "T0001", "filed_on": f"{year - 1}-05-20"}), (2, {})):
            archive = file_household(office, seed, hardship_category=category, is_migrant_worker=False, **filed)
            archive.content.members[0]["id_number"] = citizen_number(f"6301042004010{seed}123")
            fill_means(office, archive, year - 1)
            made.append(archive)
        casework.take_step(office, made[0].id, Act.NOTE_ON_FILE, {"reason": "原有档案"})
        begins = {"year": year, "begins_on": f"{year}-01-01", "needs_archive": False}
        donor = {"donor": "某商会", "restriction": "捐给考上大学的孩子"}
        return Place(office, year, *made, {
            "union": fund(office, name="工会经费", source_kind="union", **begins),
            "donation": fund(office, name="捐款", source_kind="donation", **begins, **donor),
        })  # fmt: skip

    yield open_it
    for office in opened:
        office.close()


def poor_migrant(here: Place) -> None:
    """The household on file is 建档立卡贫困户 of a 困难农民工."""
    archive = archiving.load_archive(here.office, here.filed.id)
    archive.content.values["is_migrant_worker"] = True
    archiving.save_archive(here.office, archive.content, archive.id)
    stored = means.load_means(here.office, archive.id, here.year - 1)
    assert stored is not None
    stored.content.values["is_registered_poor"] = True
    means.save_means(here.office, archive.id, stored.content)


def codes(look: AidLook) -> set[str]:
    """What was found."""
    return {item.code for item in look.findings}


def test_donors_money__goes_as_they_wish_and_uses_up_no_limit(place: Callable[..., Place]) -> None:
    """S001-08: 5 000 from a donor passes where the province's 2 000 would stop it, and the 2 000 are still whole."""
    here = place("huangshan-2022", "2022-07-20")
    child = here.child(here.unfiled, regime="province_fund", cannot_be_filed=True)
    assert "over_cap" in codes(here.look(here.unfiled, "tuition", 5_000, "union", child))
    donated = here.look(here.unfiled, "tuition", 5_000, "donation", child)
    assert not donated.is_stopped and not donated.wants_reason and "donor" in codes(donated)
    aid.grant_aid(here.office, here.unfiled.id, GrantInput("tuition", 500_000, person=child, fund_id=here.funds["donation"]))
    assert here.look(here.unfiled, "tuition", 2_000, "union", child).cap_left == 200_000


def test_donors_money__is_not_the_provinces_in_lists(place: Callable[..., Place]) -> None:
    """Who had something from a donor still waits for the 助学金, and the list of the province's money tells that alone."""
    here = place("huangshan-2022", "2022-07-20")
    child = here.child(here.unfiled, regime="province_fund", cannot_be_filed=True, amount_wanted=200_000)
    for source, amount in (("donation", 500_000), ("union", 200_000)):
        assert [row.person for row in student_grants.waiting(here.office, 2022)] == [child]
        aid.grant_aid(here.office, here.unfiled.id, GrantInput("tuition", amount, person=child, fund_id=here.funds[source]))
    assert student_grants.waiting(here.office, 2022) == []
    assert [item.amount for item in student_lists.listed(here.office, 2022)] == [200_000]
    assert students.list_students(here.office, 2022)[0].granted == 700_000


def test_donation_regime__other_money_is_not_freed_by_it(place: Callable[..., Place]) -> None:
    """A student registered for donors' money who is paid from the union's is judged as anybody."""
    here = place("huangshan-2022", "2022-07-20")
    child = here.child(here.unfiled, regime="donation", amount_wanted=500_000)
    assert "over_cap" in codes(here.look(here.unfiled, "tuition", 5_000, "union", child))


def test_donors_money__wants_a_reason_where_the_policy_forbids_the_unions(place: Callable[..., Place]) -> None:
    """S002-06 asks for an archive where public money is spent; what donors give beyond the policy is not stopped, but reasoned."""
    here = place("wuzhou-2017", "2017-07-20")
    child = here.child(here.unfiled, regime="donation", amount_wanted=300_000)
    assert here.look(here.unfiled, "tuition", 3_000, "union", child).is_stopped
    donated = here.look(here.unfiled, "tuition", 3_000, "donation", child)
    assert not donated.is_stopped and donated.wants_reason
    proposed = student_grants.propose(here.office, student_grants.waiting(here.office, 2017), here.funds["donation"])
    assert [(item.given.amount, item.wants_reason) for item in proposed] == [(300_000, True)]


def test_local_standard__of_the_stage_and_not_the_province(place: Callable[..., Place]) -> None:
    """S001-07: what the place lays down for a stage counts for whom is registered so, on file or not."""
    here = place("huangshan-2022", "2022-07-20")
    loaded = policies.chosen_policy(here.office, here.office.today)
    assert loaded is not None
    path = next(item.path for item in policies.open_questions(loaded) if "amounts.4" in item.path)
    notice = NewSource("本地助学标准的通知", "某区总工会", issued_on="2022-07-01")
    change = FigureChange(path, "1000", "", "第一条")
    policies.edit_pack(here.office, "huangshan-2022", [change], notice, begins="2022-07-15", note="本地标准。")
    for archive in (here.filed, here.unfiled):
        child = here.child(archive, regime="local")
        assert here.look(archive, "tuition", 900, "union", child).cap_left == 100_000
        assert "over_cap" in codes(here.look(archive, "tuition", 1_001, "union", child))


def test_stage_outside_the_policy__is_said_and_wants_a_reason(place: Callable[..., Place]) -> None:
    """梧州 helps pupils from 高中 up: of a younger one it is not said that the policy has no 助学."""
    here = place("wuzhou-2017", "2017-07-20")
    person = here.child(here.filed, stage="primary", enrolled_year=2017, study_years=6)
    content = students.list_students(here.office, 2017)[0].content
    assert "stage_outside" in {item.code for item in student_look.look_at_student(here.office, here.filed.id, content).findings}
    look = here.look(here.filed, "tuition", 500, "union", person)
    assert look.wants_reason and "没有写到小学" in look.findings[0].text
    assert "请先到“助学就业 → 助学”登记" in here.look(here.filed, "tuition", 500, "union", "worker").findings[0].text
    assert "选学生" in here.look(here.filed, "tuition", 500, "union").findings[0].text


@pytest.mark.parametrize(("category", "asked"), [("accidental_hardship", True), ("deep_hardship", False)])
def test_second_kind_of_aid__wants_a_reason_where_the_document_is_silent(
    place: Callable[..., Place], category: str, asked: bool
) -> None:
    """S000-29 lets 深度 and 相对 have several kinds; of 意外 it says nothing."""
    here = place("qinghai-2022", "2022-07-20", category)
    assert "stacking_open" not in codes(here.look(here.filed, "legal", 100, "union"))
    given = GrantInput("employment", 10_000, fund_id=here.funds["union"], reason="先行安排")
    aid.grant_aid(here.office, here.filed.id, given)
    assert ("stacking_open" in codes(here.look(here.filed, "legal", 100, "union"))) is asked
    assert "stacking_open" not in codes(here.look(here.filed, "employment", 100, "union")), "more of the same kind"


def test_poor_migrant__has_schooling_only_whatever_the_policy_names(place: Callable[..., Place]) -> None:
    """S003-09 blocks every other kind of aid hard, also those of which the policy says nothing else."""
    here = place("qianshan-2020", "2020-07-20")
    assert not here.look(here.filed, "warmth", 100, "union").is_stopped
    poor_migrant(here)
    assert [here.look(here.filed, item, 100, "union").is_stopped for item in ("living", "warmth", "temporary")] == [True] * 3
    person = here.child(here.filed)
    assert not here.look(here.filed, "tuition", 100, "union", person).is_stopped


def test_kinds__those_of_the_policy_come_first(place: Callable[..., Place]) -> None:
    """Each policy offers its own kinds first; the others are there, and say that it does not speak of them."""
    here = place("wuzhou-2017", "2017-07-20")
    offered = aid_limits.kinds(here.office)
    assert [code for code, _ in offered[:3]] == ["tuition", "employment", "living"] and len(offered) == 14
    assert "没有写" not in offered[1][1] and "没有写" in offered[2][1]


def test_no_policy__is_not_a_policy_that_is_silent(place: Callable[..., Place]) -> None:
    """Before one is chosen the clerk is sent to choose it; after its end, too."""
    here = place("wuzhou-2017", "2017-07-20")
    policies.choose_policy(here.office, "")
    look = here.look(here.filed, "living", 100, "union")
    assert look.wants_reason and "设置 → 政策" in look.findings[0].text


def test_regime__is_asked_where_the_household_is_not_on_file(place: Callable[..., Place]) -> None:
    """On file it is that of those on file; otherwise the clerk says whose money it is to be."""
    here = place("huangshan-2022", "2022-07-20")
    for archive, regime in ((here.filed, "on_file"), (here.unfiled, "")):
        content = students.prepared_student(here.office, archive.id, str(archive.content.members[0]["id"]), 2022)
        assert content.text("regime") == regime
