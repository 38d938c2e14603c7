"""Papers of a household's means, the explanation of an assessment, the one page for workers: complete and never cut."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from casework import assessed_household, in_2020
from factories import file_household, household, member

from db.domain.archive_content import ArchiveContent
from db.domain.form_schema import FieldKind, FieldSpec, Value
from db.domain.means_form import MEANS_FORM, MeansContent
from db.domain.option_lists import option_list
from db.domain.policy.book import LoadedPack, packaged_book
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import facts_of
from db.domain.policy.pack import Statement
from db.errors import UserError
from db.printing.assessment_sheet import AssessmentPrint, DecisionPrint, assessment_pdf, split_citation
from db.printing.consent_sheet import SCOPE, blank_consent_pdf, consent_pdf
from db.printing.means_sheet import blank_means_pdf, means_pdf
from db.printing.means_values import MeansPrint, worksheet_text
from db.printing.plain_sheet import OPEN_FIGURE, SEE_DOCUMENT, plain_policy_pdf
from db.services import assessing, policy_printing
from db.services.means import save_means
from db.services.office import OfficeSession
from db.services.policy_printing import Paper

CHILD, ADULT = "2012-05-21", "1950-01-02"


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without blanks."""
    with pypdfium2.PdfDocument(pdf) as document:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def family() -> ArchiveContent:
    """A worker called 王𠮷祥 with an old mother and a child."""
    content = household("means", members=0, name="王𠮷祥")
    content.members.append(member(name="李桂兰", relation_to_head="mother", birth_on=ADULT))
    content.members.append(member(name="王小宁", relation_to_head="son", birth_on=CHILD))
    return content


def worksheet(content: ArchiveContent, bills: int = 2) -> MeansContent:
    """Wages of the worker and *bills* hospital bills of the mother."""
    mother = content.members[0]["id"]
    expenses = [
        {
            "id": str(number),
            "kind": "illness",
            "person": mother,
            "spent_on": "2019-03-04",
            "total": 1_000_000 + number,
            "reimbursed": 600_000,
            "compensation": 100_000,
            "note": f"第{number + 1}次住院",
        }
        for number in range(bills)
    ]
    incomes = [
        {"id": "w", "person": "worker", "kind": "wage", "amount": 3_000_000, "tax": 1_000, "social_insurance": 299_000},
        {"id": "d", "person": mother, "kind": "subsistence_allowance", "amount": 480_000},
    ]
    homes = [{"id": "h", "ownership": "own", "area": 5650, "address": "舒州大道18号"}]
    values = {"region": "340882", "area": "urban", "receives_subsistence_allowance": True, "is_social_retiree": False}
    return MeansContent(2019, values, {"incomes": incomes, "expenses": expenses, "homes": homes, "vehicles": []})


def printed(bills: int = 2) -> MeansPrint:
    """The family's worksheet as it goes on paper."""
    content = family()
    return MeansPrint(content, worksheet(content, bills), "340882-2020-0007", "梅城镇总工会", "陈志强", "2020-05-20")


def test_the_means_sheet_shows_incomes_by_kind_and_what_the_household_bore_itself():
    text = "".join(pages(means_pdf(printed())))
    for words in ("困难职工家庭情况信息采集表", "340882-2020-0007", "收入年度：2019年", "王𠮷祥", "李桂兰"):
        assert words in text
    assert "30,000.00" in text and "27,000.00" in text  # wage, and net of tax and insurance
    assert "李桂兰低保金4,800.00元" in text
    assert "按原因自负合计患病6,000.01" in text and "致困支出6,000.01" in text
    assert "自有1套" in text and "56.50㎡" in text
    assert "■是□否" in text and "陈志强" in text


def test_a_ledger_that_was_asked_says_none_and_one_that_was_not_says_so():
    text = "".join(pages(means_pdf(printed())))
    assert "车辆、船舶、机械种类用途估值说明无" in text
    assert "储蓄和投资种类谁金额说明未询问" in text


def test_a_long_ledger_goes_on_under_its_heading_with_every_row():
    found = pages(means_pdf(printed(bills=90)))
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert f"第{number}页/共{len(found)}页" in text
        assert "340882-2020-0007" in text
    assert "三、全年支出（一张票据一行）（续）支出种类谁日期" in found[1]
    assert all(f"第{number}次住院" in "".join(found) for number in range(1, 91))


def test_a_note_of_any_length_is_printed_whole():
    item = printed()
    assert item.means is not None
    item.means.rows["homes"][0]["note"] = "很" * 3000 + "完"
    item.means.values["committee_note"] = "议" * 500
    text = "".join(pages(means_pdf(item)))
    assert text.count("很") == 3000 and "完" in text
    assert text.count("议") >= 500


def test_the_blank_sheets_offer_the_answers_and_no_values():
    text = "".join(blank := pages(blank_means_pdf()))
    assert len(blank) == 2
    assert "□城市□农村" in text and "□深度困难" in text and "■" not in text and "未询问" not in text
    assert len(pages(blank_consent_pdf())) == 1


def test_every_adult_signs_the_consent_and_a_guardian_for_the_child():
    text = "".join(pages(consent_pdf(printed(), date(2020, 5, 20))))
    assert text.count("（监护人代签）") == 1 and "李桂兰母亲3王小宁儿子（监护人代签）" in text
    for name, words in SCOPE:
        assert f"{name}{words}" in text
    assert "真实、完整" in text and "340882-2020-0007" in text
    of_age = "".join(pages(consent_pdf(printed(), date(2030, 5, 21))))
    assert "（监护人代签）" not in of_age


def explained(reason: str = "") -> str:
    book = packaged_book()
    loaded = book.pack("qianshan-2020")
    assert loaded is not None
    content = family()
    assessment = assess(facts_of(content, worksheet(content)), loaded, book, date(2020, 6, 1))
    decision = DecisionPrint("低保边缘户（省总级）", reason, "2020-06-02", "吴立新") if reason else DecisionPrint()
    item = AssessmentPrint(assessment, "王𠮷祥", "", "340882-2020-0007", "梅城镇总工会", "2020-06-01T09:00:00", "陈志强", decision)
    text = "".join(pages(assessment_pdf(item)))
    assert f"版本1（指纹{loaded.sha256[:12]}）" in text
    return text


def test_the_explanation_gives_figures_with_document_and_clause_and_the_decision_with_its_reason():
    text = explained("入户核实后集体研究")
    assert "《潜山市工会城市困难职工解困脱困决战决胜年实施方案》" in text
    assert "〔1·附件（一）全总级·1·收入〕" in text
    assert "27,000.00" not in text.split("算法")[0] and "30,000.00" in text
    assert "理由：入户核实后集体研究" in text and "吴立新" in text
    assert "吴立新" not in explained()


def test_a_citation_parts_into_document_and_clause():
    assert split_citation("《通知》（青总办〔2022〕21号）第四条") == ("《通知》（青总办〔2022〕21号）", "第四条")
    assert split_citation("《方案》（一）1") == ("《方案》", "（一）1")
    assert split_citation("随家庭情况提供") == ("", "随家庭情况提供")


@pytest.mark.parametrize("loaded", packaged_book().packs, ids=lambda loaded: loaded.pack.id)
def test_every_pack_becomes_one_page_with_all_five_answers(loaded: LoadedPack):
    (text,) = pages(plain_policy_pdf(loaded))
    for asked in ("谁可以申请", "能帮多少", "交什么材料", "怎么办", "什么时候"):
        assert asked in text
    assert loaded.sha256[:8] in text
    assert (OPEN_FIGURE in text) or "unset" not in loaded.text


def test_a_pack_too_long_for_a_page_says_where_the_rest_stands():
    loaded = packaged_book().pack("qianshan-2020")
    assert loaded is not None
    many = tuple(
        item.model_copy(update={"code": f"{item.code}_{number}", "label": f"{item.label}{number}"})
        for number in range(12)
        for item in loaded.pack.hardship_class
    )
    extra = (Statement(code="x", text="长", source="qianshan", clause="一"),)
    long = replace(loaded, pack=loaded.pack.model_copy(update={"hardship_class": many, "statement": extra}))
    (text,) = pages(plain_policy_pdf(long))
    assert SEE_DOCUMENT in text and "什么时候" in text


def test_the_office_prints_the_latest_worksheet_for_one_and_for_many(office: OfficeSession, tmp_path: Path):
    content = family()
    with_means, without = file_household(office, "a"), file_household(office, "b")
    save_means(office, with_means.id, MeansContent(2018, {"region": "340882", "area": "urban"}, {"incomes": []}))
    save_means(office, with_means.id, MeansContent(2019, {"region": "340882", "area": "rural"}, {"incomes": []}))
    text = "".join(pages(policy_printing.paper_pdf(office, [with_means.id], Paper.MEANS)))
    assert "2019年" in text and "■农村" in text and office.office.name in text
    older = "".join(pages(policy_printing.paper_pdf(office, [with_means.id], Paper.MEANS, 2018)))
    assert "2018年" in older and "■城市" in older
    both = policy_printing.write_paper_each(office, [with_means.id, without.id], Paper.CONSENT, tmp_path)
    assert [path.parent for path in both] == [tmp_path, tmp_path] and all(path.stat().st_size for path in both)
    assert without.archive_number in both[1].name and content.members


def test_a_stored_assessment_is_printed_with_what_was_decided_upon_it(office: OfficeSession):
    stored = assessed_household(in_2020(office))
    undecided = "".join(pages(policy_printing.assessment_pdf(office, stored.id)))
    assert "认定结果符合：低保户（全总级）" in undecided
    assessing.decide(office, stored.id, "near_subsistence", "national", "入户核实，未享受低保")
    decided = "".join(pages(policy_printing.assessment_pdf(office, stored.id)))
    assert "理由：入户核实，未享受低保" in decided and office.clerk.name in decided
    sheet = "".join(pages(policy_printing.paper_pdf(office, [stored.archive_id], Paper.MEANS)))
    assert "低保户（全总级）（2020-06-01按《" in sheet
    with pytest.raises(UserError) as fault:
        policy_printing.assessment_pdf(office, "none")
    assert fault.value.code == "assessment_gone"


def test_no_answer_of_the_worksheet_is_left_out():
    content = family()
    child = content.members[1]["id"]
    rows: dict[str, list[dict[str, Value]]] = {}
    wanted: list[str] = []
    for number, section in enumerate(MEANS_FORM.ledgers, 1):
        row: dict[str, Value] = {"id": "1"}
        for place, spec in enumerate(section.fields, 1):
            row[spec.key] = answer(spec, number * 100 + place, str(child))
            if spec.kind in {FieldKind.TEXT, FieldKind.MONEY, FieldKind.DATE} and spec.key != "month":
                wanted.append(worksheet_text(section.key, spec.key, row, {}))
        rows[section.key] = [row]
    text = "".join(pages(means_pdf(MeansPrint(content, MeansContent(2019, {"region": "340882"}, rows)))))
    assert [words for words in wanted if words not in text] == []


def answer(spec: FieldSpec, number: int, person: str) -> Value:
    """An answer that no other field has, where the kind of field allows one."""
    answers: dict[FieldKind, Value] = {
        FieldKind.PERSON: person,
        FieldKind.TEXT: f"答{number}",
        FieldKind.MONEY: number * 1000,
        FieldKind.DATE: (date(2019, 1, 1) + timedelta(days=number % 360)).isoformat(),
        FieldKind.AREA: number,
        FieldKind.REGION: "340882",
        FieldKind.YES_NO: True,
        FieldKind.PAPERS: ["a"],
    }
    if spec.options is not None:
        return option_list(spec.options).current()[-1].code
    return answers[spec.kind]
