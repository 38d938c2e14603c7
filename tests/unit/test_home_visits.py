"""Home visits: the way of the day, what is known beforehand, drafts, storing, and incomes for the worksheet."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_steps import applicant, give_papers, visit
from casework import in_2020
from factories import PASSPHRASE, file_household, make_office
from laptops import desk_and_laptop, hand_in, take_along
from openpyxl import load_workbook
from pdf_words import pdf_text
from PIL import Image

from db.domain.case_words import Act
from db.domain.papers.home_visit_paper import VisitSubject, visit_paper
from db.domain.papers.paper_subject import PaperSubject
from db.domain.records.home_visit import changed_since_signed, signed_print, visitor_names
from db.domain.records.record_form import RecordKind
from db.domain.records.visit_knowledge import changed_items
from db.errors import UserError
from db.services import (
    casework,
    home_visit_papers,
    home_visits,
    means,
    means_drafts,
    records,
    visit_incomes,
    visit_route,
)
from db.services.means_drafts import MeansDraft
from db.services.office import OfficeSession, open_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """An office of its own."""
    session, _ = make_office(tmp_path / "office")
    yield session
    session.close()


@pytest.mark.parametrize(
    ("written", "names"),
    [("张三、李四", ["张三", "李四"]), ("张 三，李四", ["张三", "李四"]), ("张三 李四", ["张三", "李四"]), ("张三", ["张三"]), (" ", [])],
)
def test_visitor_names__however_parted(written: str, names: list[str]) -> None:
    """Marks part names; where there are none, blanks do."""
    assert visitor_names(written) == names


def test_route__is_kept_in_order_and_empties_itself(office: OfficeSession) -> None:
    """Households are added once, moved by hand, done when visited at home, and gone the next day."""
    in_2020(office)
    first, second, third = (file_household(office, seed).id for seed in (1, 2, 3))
    assert visit_route.put_on_route(office, [first, second, third, first]) == 3
    visit_route.set_order(office, [third, first, second])
    visit_route.take_off(office, [second])
    visit(office, first, method="call")
    visit(office, third, visited_on=office.today)
    home_visits.save_draft(office, home_visits.begin_visit(office, first))
    shown = {stop.archive_id: stop.state_words for stop in visit_route.route(office)}
    assert shown == {third: "已走访", first: "写了一半"} and list(shown) == [third, first]
    office.clock = lambda now=office.clock(): now.replace(day=now.day + 1)
    assert [stop.archive_id for stop in visit_route.route(office)] == [first]
    assert visit_route.put_on_route(office, [third]) == 1
    assert visit_route.route(office)[-1].state_words == "还没去"


def test_route__offers_cases_that_wait_for_a_visit(office: OfficeSession) -> None:
    """A case in 入户核实 is offered until it is on the way, and its visit is one of verification."""
    in_2020(office)
    archive_id = applicant(office).id
    file_household(office, 2)
    give_papers(office, archive_id, "application", "verification_consent")
    casework.take_step(office, archive_id, Act.ACCEPT)
    assert visit_route.waiting_for_visit(office) == [archive_id]
    visit_route.put_on_route(office, [archive_id])
    assert visit_route.waiting_for_visit(office) == []
    assert visit_route.route(office)[0].wants_verification
    draft = home_visits.begin_visit(office, archive_id)
    assert draft.content.values["purpose"] == "verification" and draft.content.text("place")


def test_draft__survives_and_is_stored_whole(office: OfficeSession) -> None:
    """What is half written is read back as it stands; storing it makes the record and leaves no draft."""
    archive_id = file_household(office, 1).id
    draft = home_visits.begin_visit(office, archive_id)
    draft.content.values["health"] = "老伴透析，每周三次"
    draft.raw["next_on"], draft.step = "下个月", "items"
    home_visits.save_draft(office, draft)
    again = home_visits.begin_visit(office, archive_id)
    assert (again.content.values, again.raw, again.step) == (draft.content.values, draft.raw, "items")
    assert [item.archive_id for item in home_visits.list_drafts(office)] == [archive_id]
    again.content.values["visitors"] = ""
    with pytest.raises(UserError) as caught:
        home_visits.finish_visit(office, again)
    assert caught.value.code == "record_faulty" and home_visits.load_draft(office, archive_id)
    again.content.values["visitors"] = "张三、李四"
    made = home_visits.finish_visit(office, again)
    assert home_visits.list_drafts(office) == [] and home_visits.contacts(office, archive_id) == [made]
    assert home_visits.company(office) == "张三、李四"
    change = home_visits.change_visit(office, made.record_id)
    change.content.values["health"] = "老伴已做移植"
    assert changed_items(change.content, made.content) == {"health"}
    home_visits.finish_visit(office, change)
    assert len(home_visits.contacts(office, archive_id)) == 1
    found = home_visits.last_answers(office, archive_id)
    assert found is not None and found.content.text("health") == "老伴已做移植"


def test_verification__by_one_is_refused(office: OfficeSession) -> None:
    """Two must go to verify; a visit of care may be made by one."""
    archive_id = file_household(office, 1).id
    draft = home_visits.begin_visit(office, archive_id)
    draft.content.values.update(purpose="verification", visitors="张三")
    with pytest.raises(UserError) as caught:
        home_visits.finish_visit(office, draft)
    assert "两个人以上" in caught.value.text()
    draft.content.values["purpose"] = "care"
    assert home_visits.finish_visit(office, draft)


def test_known__says_what_form_and_worksheet_hold(office: OfficeSession) -> None:
    """The nine items are laid beside what is known; what is unknown is left out."""
    in_2020(office)
    known = home_visits.known_of(office, applicant(office).id)
    assert "工作状态：" in known["work_state"] and known["wage_income"].count("元") >= 2
    assert known["hardship_reason"].startswith("主要致困原因：") and "schooling" in known


def test_incomes__are_proposed_and_taken_over_only_when_accepted(office: OfficeSession) -> None:
    """Two wages of one person are one; the worksheet changes by what was ticked, and says where it comes from."""
    in_2020(office)
    archive_id = applicant(office).id
    before = means.load_means(office, archive_id, 2019)
    assert before is not None
    made = visit(office, archive_id)
    content = made.content
    content.rows["incomes"] = [
        {"id": "1", "person": "worker", "kind": "other", "monthly": 100_000},
        {"id": "2", "person": "worker", "kind": "other", "amount": 50_000, "note": "卖废品"},
        {"id": "3", "person": "gone", "kind": "wage", "amount": 1},
    ]
    made = records.save_record(office, archive_id, RecordKind.HOME_VISIT, content, made.record_id)
    assert made.content.rows["incomes"][0]["amount"] == 1_200_000
    told, gone = visit_incomes.income_proposals(office, made.record_id)
    assert (told.told, told.present, told.year) == (1_250_000, None, 2019) and told.words == "新增一行 12,500.00 元"
    assert gone.blocked
    after = visit_incomes.accept_incomes(office, made.record_id, [told.key, gone.key], 2019)
    assert after.revision == before.revision + 1 and "走访" in after.reason
    rows = after.content.rows["incomes"]
    assert [row["amount"] for row in rows if row["kind"] == "other"] == [1_250_000]
    assert not [row for row in rows if row["person"] == "gone"]
    assert visit_incomes.income_proposals(office, made.record_id)[0].is_same
    means_drafts.save_means_draft(office, archive_id, MeansDraft(after.content))
    with pytest.raises(UserError):
        visit_incomes.accept_incomes(office, made.record_id, [told.key], 2019)


def test_laptop__offers_what_it_has_along_and_brings_the_visit_home(tmp_path: Path) -> None:
    """On the laptop the archives taken along are the way; the visit with its signature comes back with them."""
    with desk_and_laptop(tmp_path) as (desk, laptop, stick):
        archive_id = file_household(desk, 1).id
        assert visit_route.taken_along(desk) == []
        take_along(desk, laptop, stick, [archive_id])
        assert visit_route.put_on_route(laptop, visit_route.taken_along(laptop)) == 1
        draft = home_visits.begin_visit(laptop, archive_id)
        signed = home_visits.add_signature(laptop, archive_id, _png(), "李四")
        draft.content.values.update(visitors="张三、李四", signature=[signed.id], signed_by="李四")
        made = home_visits.finish_visit(laptop, draft)
        hand_in(desk, laptop, stick)
        found = home_visits.contacts(desk, archive_id)
        assert [item.id for item in found] == [made.id]
        assert found[0].content.values["signature"] == [signed.id]


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 20), "white").save(out, "PNG")
    return out.getvalue()


def test_draft__survives_a_killed_process(tmp_path: Path) -> None:
    """The office's files as they lie on the disk in the middle of a visit hold every word that was kept."""
    session, _ = make_office(tmp_path / "office")
    archive_id = file_household(session, 1).id
    draft = home_visits.begin_visit(session, archive_id)
    draft.content.values["wish"] = "想学电焊"
    home_visits.save_draft(session, draft)
    shutil.copytree(tmp_path / "office", tmp_path / "after", ignore=shutil.ignore_patterns("*.lock"))
    again = open_office(tmp_path / "after", PASSPHRASE)
    kept = home_visits.load_draft(again, archive_id)
    assert kept is not None and kept.content.text("wish") == "想学电焊"
    for each in (again, session):
        each.close()


def test_paper__says_what_is_new_and_carries_the_signature(office: OfficeSession, tmp_path: Path) -> None:
    """Changes since the last visit are marked, the sheet holds the signature, the workbook the same words; blank and prepared too."""
    archive = file_household(office, 1)
    visit(office, archive.id, visited_on="2020-01-05", purpose="care", health="能干活")
    draft = home_visits.begin_visit(office, archive.id)
    signed = home_visits.add_signature(office, archive.id, _png(), "李四")
    draft.content.values.update(visitors="张三、李四", health="住院了", signature=[signed.id], signed_by="李四", signed_at="x")
    draft.content.rows["incomes"] = [{"id": "1", "person": "worker", "kind": "wage", "monthly": 200_000}]
    made = home_visits.finish_visit(office, draft)
    pdf = home_visit_papers.visit_pdf(office, [made.record_id])
    assert "▲住院了" in pdf_text(pdf) and "24,000.00" in pdf_text(pdf) and b"/Subtype /Image" in pdf
    path = tmp_path / "走访.xlsx"
    assert home_visit_papers.write_visit_workbook(office, [made.record_id], path) == 1
    cells = [str(cell) for row in load_workbook(path).active.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "▲ 住院了" in cells and "24000" in cells
    assert archive.content.text("name") not in pdf_text(home_visit_papers.visit_pdf(office, []))
    prepared = pdf_text(home_visit_papers.prepared_pdf(office, [archive.id]))
    assert archive.content.text("name") in prepared and "住院了" not in prepared
    assert archive.content.text("id_number") not in pdf_text(pdf) + prepared


def test_signature__tells_when_the_record_was_changed_after_it(office: OfficeSession) -> None:
    """What the family signed is known by its fingerprint; the visitors' own opinion may follow later."""
    archive_id = file_household(office, 1).id
    draft = home_visits.begin_visit(office, archive_id)
    draft.content.values.update(visitors="张三、李四", health="能干活", signature=["s"], signed_by="李四")
    draft.content.values["signed_print"] = signed_print(draft.content)
    made = home_visits.finish_visit(office, draft)
    assert not changed_since_signed(made.content)
    made.content.values["findings"] = "情况属实"
    assert not changed_since_signed(made.content)
    made.content.values["health"] = "不能干活"
    assert changed_since_signed(made.content)
    assert "签名以后内容有改动" in str(visit_paper(VisitSubject(PaperSubject(), made.content, signature=b"x")))
