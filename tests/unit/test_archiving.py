"""Filing, amending, finding, listing, looking back and restoring."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from factories import TODAY, file_household, household, member
from sqlalchemy import text

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import changes_between
from db.domain.form_schema import Value
from db.domain.validation import Stage, check_form
from db.errors import UserError
from db.services import archiving, demo, revisions
from db.services.archiving import Archive, ArchiveQuery, Submission
from db.services.office import OfficeSession


@pytest.fixture(autouse=True)
def fixed_day(request: pytest.FixtureRequest) -> None:
    """Let every office of this file live on one day."""
    if "office" in request.fixturenames:
        session: OfficeSession = request.getfixturevalue("office")
        session.clock = lambda: datetime.fromisoformat(f"{TODAY}T09:00:00+08:00")


def expect_refusal(code: str, action: Callable[[], object]) -> UserError:
    """The expected refusal of *action*, with a whole sentence."""
    with pytest.raises(UserError) as caught:
        action()
    assert caught.value.code == code
    assert caught.value.text().endswith(("。", "？"))
    return caught.value


def changed(archive: Archive, **values: Value) -> ArchiveContent:
    """The content of *archive* with other worker values."""
    content = archive.content.copy()
    content.values.update(values)
    return content


# -- saving ------------------------------------------------------------------------------------------------------


def test_create__stored_as_typed(office: OfficeSession) -> None:
    """What was filed is read back the same: values, members, their order, edition."""
    content = household(1, members=3, name="买买提•吐尔逊", home_address="梅城镇" + "长" * 22, employer="=SUM(A1)")
    filed = archiving.save_archive(office, content)
    loaded = archiving.load_archive(office, filed.id)
    assert loaded == filed and changes_between(loaded.content, content) == []
    assert (loaded.revision, loaded.is_complete, loaded.missing_count) == (1, True, 0)
    assert loaded.archive_number == "340882-2026-0001"


def test_create__numbers_run_within_the_year(office: OfficeSession) -> None:
    """Numbers follow each other and begin again with a new year."""
    assert [file_household(office, seed).archive_number[-4:] for seed in range(3)] == ["0001", "0002", "0003"]
    office.clock = lambda: datetime.fromisoformat("2027-01-01T09:00:00+08:00")
    assert file_household(office, 4).archive_number == "340882-2027-0001"
    office.clock = lambda: datetime.fromisoformat("2026-12-31T09:00:00+08:00")
    assert file_household(office, 5).archive_number == "340882-2026-0004"


def test_create__caller_keeps_its_content(office: OfficeSession) -> None:
    """Filing changes nothing in the content that was handed over."""
    content = household(1)
    del content.members[0]["id"]
    before = content.copy()
    filed = archiving.save_archive(office, content)
    assert content == before and filed.content.members[0]["id"]


@pytest.mark.parametrize("members", [0, 1, 12, 200])
def test_create__any_number_of_members(office: OfficeSession, members: int) -> None:
    """Nobody is dropped, whatever the size of the household."""
    filed = file_household(office, 1, members)
    assert len(archiving.load_archive(office, filed.id).content.members) == members
    assert len(archiving.search_people(office, filed.archive_number)) == 1


def test_amend__next_revision(office: OfficeSession) -> None:
    """A change makes the next revision, tells what changed, and leaves the rest alone."""
    filed = file_household(office)
    amended = archiving.save_archive(office, changed(filed, employer="皖江建材"), filed.id, expected_revision=1, reason="更正")
    assert amended.revision == 2
    entry = revisions.archive_history(office, filed.id)[0]
    assert (entry.revision, entry.action_label, entry.clerk_name, entry.reason) == (2, "修改", "陈志强", "更正")
    assert [(change.label, change.new_text) for change in entry.changes] == [("工作单位", "皖江建材")]
    assert archiving.load_archive(office, filed.id) == amended


def test_amend__unchanged_makes_no_revision(office: OfficeSession) -> None:
    """Saving what already stands there leaves no trace."""
    filed = file_household(office)
    for content in (filed.content, changed(filed, remarks=""), changed(filed, remarks=None)):
        assert archiving.save_archive(office, content, filed.id).revision == 1
    assert len(revisions.archive_history(office, filed.id)) == 1
    assert archiving.load_archive(office, filed.id).updated_at == filed.updated_at


def test_amend__changed_elsewhere(office: OfficeSession) -> None:
    """Two windows: the second to save is told, and nothing of the first is overwritten."""
    filed = file_household(office)
    archiving.save_archive(office, changed(filed, remarks="甲"), filed.id, expected_revision=1)
    late = changed(filed, remarks="乙")
    expect_refusal("archive_changed_elsewhere", lambda: archiving.save_archive(office, late, filed.id, expected_revision=1))
    assert archiving.load_archive(office, filed.id).content.values["remarks"] == "甲"


def test_amend__not_ours_or_gone(office: OfficeSession) -> None:
    """An archive of another office can be read only; one that does not exist is not found."""
    filed = file_household(office)
    with office.database.writing() as connection:
        connection.execute(text("UPDATE archive SET office_id = 'other'"))
    expect_refusal("not_own_archive", lambda: archiving.save_archive(office, changed(filed, remarks="x"), filed.id))
    expect_refusal("not_own_archive", lambda: revisions.restore_revision(office, filed.id, 1))
    expect_refusal("archive_not_found", lambda: archiving.save_archive(office, household(2), "gone"))
    expect_refusal("archive_not_found", lambda: archiving.load_archive(office, "gone"))


def test_complete__errors_stop_and_are_named(office: OfficeSession) -> None:
    """Filing needs every star; the first problem is in the sentence, all of them in the error."""
    content = household(1, home_address=None, bank_account="12")
    error = expect_refusal("archive_has_errors", lambda: archiving.save_archive(office, content, complete=True))
    assert error.context["count"] == 2 and "家庭住址" in error.text()
    assert archiving.count_archives(office, ArchiveQuery()) == 0
    assert archiving.save_archive(office, content).missing_count == 1


def test_complete__warnings_want_a_reason(office: OfficeSession) -> None:
    """A warning stops filing until it is confirmed with a reason, which is kept."""
    content = household(1, members=1, household_size=3)
    error = expect_refusal("warnings_not_confirmed", lambda: archiving.save_archive(office, content, complete=True))
    (warning,) = error.context["problems"]  # type: ignore[misc]
    typed = {warning.place: "岳母同住，\ud842未列入"}
    filed = archiving.save_archive(office, content, complete=True, confirmations=typed, reason="建\ud842档")
    reasons = {warning.place: "岳母同住，未列入"}
    assert archiving.load_archive(office, filed.id).confirmations == reasons


def test_complete__confirming_alone_is_a_revision(office: OfficeSession) -> None:
    """Confirming a warning of an archive that is otherwise unchanged is kept too, and told in its history."""
    filed = archiving.save_archive(office, household(1, members=1, household_size=3))
    reasons = {"household_size:household_size_differs": "岳母同住"}
    again = archiving.save_archive(office, filed.content, filed.id, complete=True, confirmations=reasons)
    assert again.revision == 2 and archiving.load_archive(office, filed.id).confirmations == reasons
    assert revisions.archive_history(office, filed.id)[0].action_label == "确认提醒"
    assert archiving.save_archive(office, filed.content, filed.id, confirmations=reasons).revision == 2
    assert archiving.save_archive(office, filed.content, filed.id).confirmations == reasons


def test_save__derives_and_drops_what_is_not_asked(office: OfficeSession) -> None:
    """Birth and sex follow the number, hidden answers go, also when the caller did not derive."""
    content = household(1, disability_type=None, disability_grade="2", birth_on="1900-01-01", is_exit_target=False)
    stored = archiving.save_archive(office, content).content.values
    assert str(stored["birth_on"]).replace("-", "") == content.text("id_number")[6:14]
    assert not {"disability_grade", "key_groups", "decided_on"} & set(stored)


# -- what must not get in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        *({"monthly_income": "1500"}, {"monthly_income": 1.5}, {"monthly_income": 2**64}, {"household_size": -(2**70)}),
        *({"name": 5}, {"name": b"x"}, {"name": ["x"]}, {"name": {}}, {"sex": "男"}, {"sex": {}}, {"health_status": []}),
        *({"key_groups": "other"}, {"key_groups": [{}]}, {"is_exit_target": "是"}, {"is_exit_target": [True]}),
        *({"unknown": 1}, {"id": "x"}, {"remarks": "长" * 10_000_000}),
    ],
)
def test_save__wrong_types_are_refused(office: OfficeSession, values: dict[str, Value]) -> None:
    """A value the form cannot hold is refused by its caption, for the worker and for a member; nothing is stored."""
    content = household(1)
    content.values.update(values)
    expect_refusal("bad_content", lambda: archiving.save_archive(office, content))
    if "remarks" not in values:
        in_member = household(2, members=1)
        in_member.members[0].update({key: value for key, value in values.items() if key != "id"} or {"id": 5})
        expect_refusal("bad_content", lambda: archiving.save_archive(office, in_member))
    assert archiving.count_archives(office, ArchiveQuery()) == 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张\x00三", "张三"),
        ("张\ud842三", "张三"),
        ("\u202e张三\u202c", "张三"),
        ("张三\u200f", "张三"),
        ("张\x1b[31m三", "张[31m三"),
        ("王𠮷祥", "王𠮷祥"),
        ("张三😀", "张三😀"),
        ("𬺰\U000e0100", "𬺰\U000e0100"),
    ],
)
def test_save__invisible_characters_go(office: OfficeSession, typed: str, stored: str) -> None:
    """Controls, direction marks and half characters are dropped before storing; everything visible stays."""
    filed = archiving.save_archive(office, household(1, name=typed, remarks="第一行\r\n第二行"))
    loaded = archiving.load_archive(office, filed.id)
    assert loaded.content.values["name"] == stored
    assert loaded.content.values["remarks"] == "第一行\n第二行"


def test_save__empty_member_is_nobody(office: OfficeSession) -> None:
    """A card opened and never filled does not become a person of the household, whoever saves it."""
    content = household(1, members=1)
    content.members[0:0] = [{"id": "opened", "name": "", "school_or_employer": None}, {}]
    filed = archiving.save_archive(office, content)
    assert [item["id"] for item in filed.content.members] == [content.members[-1]["id"]]


def test_save__doubled_member_ids(office: OfficeSession) -> None:
    """One member twice, or a member who stands in another archive, is refused before anything is stored."""
    filed = file_household(office, 1, members=2)
    twice = household(2, members=1)
    twice.members.append(dict(twice.members[0]))
    expect_refusal("bad_content", lambda: archiving.save_archive(office, twice))
    taken = household(3, members=1)
    taken.members[0]["id"] = filed.content.members[0]["id"]
    expect_refusal("bad_content", lambda: archiving.save_archive(office, taken))
    assert archiving.load_archive(office, filed.id) == filed
    assert archiving.count_archives(office, ArchiveQuery()) == 1


# -- history -----------------------------------------------------------------------------------------------------


def test_restore__older_content_as_a_new_revision(office: OfficeSession) -> None:
    """An older version comes back as the next one; what lay between stays in the history."""
    first = file_household(office, 1, members=2)
    second = archiving.save_archive(office, changed(first, remarks="改"), first.id)
    fewer = second.content.copy()
    fewer.members = fewer.members[1:]
    archiving.save_archive(office, fewer, first.id)
    restored = revisions.restore_revision(office, first.id, 1)
    assert restored.revision == 4 and restored.content == first.content
    history = revisions.archive_history(office, first.id)
    assert [entry.action_label for entry in history] == ["恢复旧版", "修改", "修改", "建档"]
    assert revisions.load_revision(office, first.id, 2) == second.content
    assert revisions.restore_revision(office, first.id, 4).revision == 4
    expect_refusal("revision_not_found", lambda: revisions.restore_revision(office, first.id, 9))


def test_history__clock_set_back(office: OfficeSession) -> None:
    """The order of versions does not depend on the clock."""
    filed = file_household(office)
    office.clock = lambda: datetime.fromisoformat("2019-01-01T00:00:00+08:00")
    archiving.save_archive(office, changed(filed, remarks="改"), filed.id, expected_revision=1)
    assert [entry.revision for entry in revisions.archive_history(office, filed.id)] == [2, 1]


# -- duplicates --------------------------------------------------------------------------------------------------


def _codes(office: OfficeSession, content: ArchiveContent, archive_id: str | None = None) -> list[tuple[str, int | None]]:
    return [(item.code, item.member_index) for item in archiving.person_problems(office, content, archive_id)]


def test_duplicates__across_archives(office: OfficeSession) -> None:
    """Worker and member, in all four ways, each with the archive where the person already stands."""
    filed = file_household(office, 1, members=1)
    worker, child = filed.content.values["id_number"], filed.content.members[0]["id_number"]
    assert _codes(office, household(2, id_number=worker)) == [("worker_has_archive", None)]
    assert _codes(office, household(2, id_number=child)) == [("worker_is_member", None)]
    for number, code in ((worker, "member_has_archive"), (child, "member_elsewhere")):
        content = household(2, members=0)
        content.members = [member(), member(id_number=number, name="周婷")]
        (problem,) = archiving.person_problems(office, content, None)
        assert (problem.code, problem.member_index) == (code, 1)
        assert filed.archive_number in problem.message and "周婷" in problem.message
    assert _codes(office, filed.content, filed.id) == []


def test_duplicates__stop_filing(office: OfficeSession) -> None:
    """One worker has one archive: a second one is an error at filing."""
    filed = file_household(office, 1)
    second = household(2, id_number=filed.content.values["id_number"])
    error = expect_refusal("archive_has_errors", lambda: archiving.save_archive(office, second, complete=True))
    assert "已有档案 340882-2026-0001" in error.text()
    found = archiving.check_content(office, second, Stage.SUBMIT)
    assert "worker_has_archive" in {item.code for item in found}


# -- finding people ----------------------------------------------------------------------------------------------

NAMES = ("张小明", "才让·卓玛", "买买提•吐尔逊", "李䶮", "王𠮷祥", "𫝀𰻞", "单国强", "欧阳建国", "Anna Maria")


@pytest.fixture
def people(office: OfficeSession) -> OfficeSession:
    """An office with one household per name of :data:`NAMES`, without members."""
    for seed, name in enumerate(NAMES):
        phone, contact = f"1390000{seed:04d}", f"0556-89212{seed:02d}"
        file_household(office, seed, 0, name=name, mobile_phone=phone, other_contact=contact, worker_number=f"T90{seed:02d}")
    return office


def found(office: OfficeSession, typed: str) -> set[str]:
    """Names of the people found."""
    return {hit.name for hit in archiving.search_people(office, typed)}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *(("张小明", "张小明"), ("小明", "张小明"), ("明", "张小明"), (" 张 小 明 ", "张小明")),
        *(("zhangxiaoming", "张小明"), ("ZhangXiao", "张小明"), ("zxm", "张小明"), ("xm", "张小明"), ("zx", "张小明")),
        *(("才让·卓玛", "才让·卓玛"), ("才让卓玛", "才让·卓玛"), ("才让•卓玛", "才让·卓玛"), ("才让‧卓玛", "才让·卓玛")),
        *(("才让．卓玛", "才让·卓玛"), ("才让∙卓玛", "才让·卓玛"), ("卓玛", "才让·卓玛"), ("crzm", "才让·卓玛")),
        *(("买买提·吐尔逊", "买买提•吐尔逊"), ("买买提吐尔逊", "买买提•吐尔逊")),
        *(("䶮", "李䶮"), ("𠮷", "王𠮷祥"), ("王𠮷", "王𠮷祥"), ("𠮷祥", "王𠮷祥"), ("𫝀", "𫝀𰻞"), ("𰻞", "𫝀𰻞")),
        *(("shanguoqiang", "单国强"), ("sgq", "单国强"), ("wangxiang", "王𠮷祥"), ("wx", "王𠮷祥")),
        *(("oyjg", "欧阳建国"), ("anna", "Anna Maria"), ("annama", "Anna Maria")),
        *(("13900000000", "张小明"), ("139 0000 0000", "张小明"), ("T9003", "李䶮"), ("t9003", "李䶮"), ("0556-8921201", "才让·卓玛")),
    ],
)
def test_search__finds(people: OfficeSession, typed: str, name: str) -> None:
    """By name, part of it, pinyin, initials, dots in any code point, rare characters, phones and 职工编号."""
    assert name in found(people, typed)


@pytest.mark.parametrize("typed", ["", "  ", "·", "*", "'", '"', "a OR b", "张三丰", "NEAR(", "\x00", "\ud800", "()", "^", "100%", "zxmm"])
def test_search__finds_nobody(people: OfficeSession, typed: str) -> None:
    """Nothing searchable, signs of the query language, or a name that is not there: no hits and no failure."""
    assert found(people, typed) == set()
    hits = archiving.count_archives(people, ArchiveQuery(text=typed))
    assert hits == (len(NAMES) if not typed.strip() else 0)


def test_search__by_id_number(office: OfficeSession) -> None:
    """The whole number, its head, its last four digits with X in either case, for workers and members."""
    filed = file_household(office, 1, members=2, name="张小明")
    for record in (filed.content.values, *filed.content.members):
        number = str(record["id_number"])
        for typed in (number, number.lower(), number[:12], number[-4:], number[-4:].lower(), f"{number[:6]} {number[6:14]}"):
            assert record["name"] in found(office, typed), typed


def test_search__tells_where_people_stand(office: OfficeSession) -> None:
    """A member is found with the household and the relation; the archive number finds the worker."""
    filed = file_household(office, 1, members=1, name="张小明")
    child = filed.content.members[0]
    (hit,) = archiving.search_people(office, str(child["id_number"]))
    assert (hit.archive_id, hit.member_id, hit.head_name) == (filed.id, child["id"], "张小明")
    assert hit.relation_to_head == child["relation_to_head"]
    (head,) = archiving.search_people(office, filed.archive_number)
    assert (head.member_id, head.phone) == ("", filed.content.values["mobile_phone"])


def test_search__follows_changes(office: OfficeSession) -> None:
    """A new name is found, the former one not; a member who left is not found any more."""
    filed = file_household(office, 1, members=1, name="张小明")
    content = changed(filed, name="张晓明", mobile_phone="13911112222")
    content.members = []
    archiving.save_archive(office, content, filed.id)
    assert found(office, "张小明") == set() and found(office, "13911112222") == found(office, "晓") == {"张晓明"}
    assert found(office, str(filed.content.members[0]["id_number"])) == set()


def test_search__limit(office: OfficeSession) -> None:
    """Never more hits than asked for."""
    demo.fill_office(office, 60)
    assert len(archiving.search_people(office, "340", limit=7)) <= 7
    assert len(archiving.search_people(office, "139", limit=20)) == 20


# -- the list ----------------------------------------------------------------------------------------------------


def test_list__pages_cover_everything_once(office: OfficeSession) -> None:
    """Page after page shows every archive once, in any order."""
    demo.fill_office(office, 45)
    for order in archiving.ORDERS:
        for descending in (True, False):
            query = ArchiveQuery(order=order, descending=descending)
            pages = [archiving.list_archives(office, query, offset, 10) for offset in range(0, 50, 10)]
            ids = [row.id for page in pages for row in page]
            assert ids == archiving.archive_ids(office, query) and len(set(ids)) == 45


def test_select_all__means_all_filtered(office: OfficeSession) -> None:
    """Ids of a query are all it filters, not one page of it."""
    demo.fill_office(office, 150)
    query = ArchiveQuery(hardship_category="deep_hardship")
    ids = archiving.archive_ids(office, query)
    assert len(ids) == archiving.count_archives(office, query) > 20
    assert {archiving.load_archive(office, item).content.values["hardship_category"] for item in ids[:9]} == {"deep_hardship"}
    rows = archiving.rows_of(office, ids[3:6])
    assert [row.id for row in rows] == ids[3:6]


def test_list__filters_together(office: OfficeSession) -> None:
    """Filters narrow each other."""
    target = file_household(office, 1, name="张小明", main_hardship_cause="schooling", hardship_category="deep_hardship")
    file_household(office, 2, name="张小红", main_hardship_cause="accident", hardship_category="deep_hardship")
    relative = "relative_hardship"
    file_household(office, 3, name="李大明", main_hardship_cause="schooling", hardship_category=relative, home_address=None)

    def ids(**filters: object) -> list[str]:
        return archiving.archive_ids(office, ArchiveQuery(**filters))  # type: ignore[arg-type]

    assert ids(text="张", main_hardship_cause="schooling") == [target.id]
    assert len(ids(hardship_category="deep_hardship")) == 2 and len(ids(complete=False)) == 1
    assert ids(updated_before="2020-01-01") == [] and len(ids(office_id=office.office.id)) == 3
    assert len(ids(submission=Submission.UNSUBMITTED)) == 3


@pytest.mark.parametrize(
    ("exported", "acknowledged", "state", "label"),
    [
        *((0, 0, Submission.UNSUBMITTED, "未上报"), (1, 0, Submission.CHANGED, "有修改未上报")),
        *((2, 0, Submission.EXPORTED, "已导出"), (2, 2, Submission.ACKNOWLEDGED, "上级已收")),
    ],
)
def test_list__submission_state(office: OfficeSession, exported: int, acknowledged: int, state: Submission, label: str) -> None:
    """How far an archive has come, in the list and as a filter."""
    filed = file_household(office)
    archiving.save_archive(office, changed(filed, remarks="改"), filed.id)
    with office.database.writing() as connection:
        values = {"e": exported, "a": acknowledged}
        connection.execute(text("UPDATE archive SET exported_revision = :e, acknowledged_revision = :a"), values)
    (row,) = archiving.list_archives(office, ArchiveQuery(submission=state))
    assert (row.submission, archiving.SUBMISSION_LABELS[row.submission]) == (state, label)
    assert archiving.archive_submission(office, archiving.load_archive(office, filed.id)) is state


def test_list__carries_the_columns_asked_for(office: OfficeSession) -> None:
    """A row has the fields of the chosen columns with their own types; unknown ones are left out."""
    filed = file_household(office, is_single_parent=True, secondary_hardship_causes=["schooling", "accident"])
    every = tuple(spec.key for spec in ARCHIVE_FORM.worker_fields)
    (row,) = archiving.list_archives(office, ArchiveQuery(), keys=(*every, "no_such_field"))
    assert {key: value for key, value in row.values.items() if value is not None} == filed.content.values
    assert row.values["is_single_parent"] is True and row.values["secondary_hardship_causes"] == ["schooling", "accident"]


def test_find_by_number__three_numbers(office: OfficeSession) -> None:
    """档案编号, 职工编号 and the head's ID number lead to the archive."""
    filed = file_household(office, worker_number="T0001")
    for number in (filed.archive_number, "T0001", f" {filed.content.values['id_number']} "):
        assert archiving.find_by_number(office, number).id == filed.id
    expect_refusal("archive_not_found", lambda: archiving.find_by_number(office, "T9"))


def test_demo__same_seed_same_people(office: OfficeSession) -> None:
    """Invented households are complete, sound, and the same for the same seed."""
    ids = demo.fill_office(office, 30, seed=5)
    for item in ids:
        content = archiving.load_archive(office, item).content
        assert archiving.person_problems(office, content, item) == []
        assert check_form(content, Stage.SUBMIT, TODAY) == []
    again = demo.fill_office(office, 2, seed=5)
    assert archiving.load_archive(office, again[0]).content.values == archiving.load_archive(office, ids[0]).content.values


JUNK: tuple[object, ...] = (
    *(None, "", 0, -1, True, 1.5, float("nan"), 10**15 - 1, 10**30, "x", "\ud800", "\x00", "\u202e", "😀" * 50),
    *("male", "disabled", "1980-01-01", "2月30日", "9999-99-99", "11010519491231002X", "１" * 18, "٣" * 11, "-"),
    *([], ["other"], ["other", "other"], ["x"], [1], [[]], {}, {"a": 1}, b"x", (1,), {1}, object(), "长" * 10_001),
)


def test_save__anything_at_all(office: OfficeSession) -> None:
    """Whatever is put into any field is stored and read back the same, or refused in a sentence."""
    rng = random.Random(3)
    outcomes = Counter[str]()
    for number in range(400):
        content = household(number, members=1)
        record = rng.choice((content.values, content.members[0]))
        record[rng.choice([key for key in record if key != "id"])] = rng.choice(JUNK)  # type: ignore[assignment]
        try:
            filed = archiving.save_archive(office, content, complete=number % 3 == 0)
            assert archiving.load_archive(office, filed.id).content == filed.content
            outcomes["filed"] += 1
        except UserError as fault:
            assert fault.text()
            outcomes[fault.code] += 1
    assert archiving.count_archives(office, ArchiveQuery()) == outcomes["filed"]
    assert set(outcomes) <= {"filed", "bad_content", "archive_has_errors", "warnings_not_confirmed"}
    assert min(outcomes["filed"], outcomes["bad_content"]) > 20
