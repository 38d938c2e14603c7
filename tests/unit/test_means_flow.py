"""The worksheet's brain: ledgers asked or not, rows from a spreadsheet, what is said to be wrong, sums."""

from factories import household

from db.domain.archive_content import ArchiveContent
from db.domain.means_flow import MeansFlow, SectionState, Spot
from db.domain.means_form import WORKER, MeansContent

TODAY = "2026-05-20"


def sheet(content: ArchiveContent | None = None) -> MeansFlow:
    return MeansFlow(MeansContent(2025), content or household(members=2), TODAY, {"p1": "住院发票.jpg"})


def test_people__one_line_each_in_the_order_of_the_paper() -> None:
    content = household(members=2)
    flow = sheet(content)
    assert [row["person"] for row in flow.rows("people")] == [WORKER, *(str(each["id"]) for each in content.members)]
    assert all(row["lives_together"] is True for row in flow.rows("people"))
    del content.members[0]
    shrunk = MeansFlow(flow.content, content, TODAY)
    assert len(shrunk.rows("people")) == 2


def test_ledger__not_asked_none_and_filled_are_told_apart() -> None:
    flow = sheet()
    assert flow.state("vehicles") is SectionState.UNASKED
    flow.mark_none("vehicles")
    assert flow.state("vehicles") is SectionState.NONE
    assert flow.tidy().rows["vehicles"] == []
    row_id = flow.add_row("vehicles")
    flow.enter_text(Spot("vehicles", "kind", row_id), "小汽车")
    flow.enter_text(Spot("vehicles", "use", row_id), "自用经常")
    assert flow.state("vehicles") is SectionState.FILLED
    flow.remove_row("vehicles", row_id)
    assert flow.state("vehicles") is SectionState.UNASKED
    blank = flow.add_row("homes")
    flow.drop_blank("homes")
    assert blank and "homes" not in flow.content.rows


def test_paste__takes_names_labels_and_amounts_and_begins_new_rows() -> None:
    content = household(members=1)
    name = content.text("name")
    flow = sheet(content)
    text = f"全年金额\t谁\t收入种类\n30,000.00\t{name}\t工资\n960\t本人\t转移性收入\n"
    assert flow.paste("incomes", 0, "person", text) == 2
    assert [(row["person"], row["kind"], row["amount"]) for row in flow.rows("incomes")] == [
        (WORKER, "wage", 3_000_000),
        (WORKER, "transfer", 96_000),
    ]
    flow.paste("incomes", 1, "amount", "1200\n一千\n")
    assert flow.rows("incomes")[1]["amount"] == 120_000
    faults = {(fault.number, fault.spot.key) for fault in flow.faults("incomes")}
    assert faults == {(3, "person"), (3, "kind"), (3, "amount")}
    unread = next(fault for fault in flow.faults("incomes") if fault.spot.key == "amount")
    assert unread.where == "全年收入第 3 行“全年金额”" and "一千" in unread.sentence


def test_faults__name_the_row_and_spare_the_one_being_typed() -> None:
    flow = sheet()
    row_id = flow.add_row("expenses")
    flow.typing = row_id
    flow.enter_text(Spot("expenses", "kind", row_id), "患病")
    assert flow.faults() == []
    flow.typing = ""
    assert [fault.where for fault in flow.faults()] == ["支出第 1 行“总金额”"]
    flow.enter_text(Spot("expenses", "total", row_id), "100")
    flow.enter_text(Spot("expenses", "reimbursed", row_id), "100.01")
    assert [fault.code for fault in flow.faults()] == ["reimbursed_more"]
    flow.enter_text(Spot("expenses", "reimbursed", row_id), "-1")
    assert [fault.code for fault in flow.faults()] == ["negative"]


def test_totals__self_borne_by_purpose_and_net_income() -> None:
    flow = sheet()
    for kind, total, back in (("患病", "1000", "400"), ("重大疾病", "500", ""), ("住房", "80", "")):
        row_id = flow.add_row("expenses")
        for key, text in (("kind", kind), ("total", total), ("reimbursed", back)):
            flow.enter_text(Spot("expenses", key, row_id), text)
    flow.typing = str(flow.rows("expenses")[0]["id"])
    totals = {total.label: total.amount for total in flow.totals("expenses")}
    assert totals["第 1 行自付"] == 60_000
    assert totals["自付合计"] == 118_000 and totals["致困支出"] == 60_000 and totals["还没定计入哪项"] == 50_000
    row_id = flow.add_row("incomes")
    for key, text in (("person", "本人"), ("kind", "工资"), ("amount", "30000"), ("social_insurance", "3000")):
        flow.enter_text(Spot("incomes", key, row_id), text)
    assert {total.label: total.amount for total in flow.totals("incomes")}["可支配"] == 2_700_000


def test_draft__texts_that_cannot_be_read_come_back() -> None:
    flow = sheet()
    row_id = flow.add_row("incomes")
    spot = Spot("incomes", "amount", row_id)
    flow.enter_text(spot, "三万")
    again = MeansFlow(MeansContent.from_json(flow.content.to_json()), household(members=2), TODAY, raw=flow.raw)
    assert again.text(spot) == "三万"
    before = again.snapshot("incomes")
    again.remove_row("incomes", row_id)
    again.restore("incomes", before)
    assert again.text(spot) == "三万"
