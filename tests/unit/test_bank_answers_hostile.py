"""Answers of banks that are cut, odd, or not meant for the list: nothing is taken as paid that nobody said was paid."""

import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from aid_money import in_2022
from factories import make_office
from neighbours import expect_refusal
from payments import drawn_up, sent
from test_bank_exchange import LINES, answer_file, row

from db.domain.aid.bank_answer import AnswerRow, ListedLine, lay_beside
from db.domain.aid.bank_layout import packaged_layouts
from db.domain.aid.list_flow import LineState
from db.exchange.bank_return import MOST_ROWS, read_bank_return
from db.services import bank_exchange, disbursement
from db.services.disbursement import ListView
from db.services.office import OfficeSession

LAYOUT = packaged_layouts()["csv"]
CARD = "6228480012345678901"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OfficeSession, ListView]]:
    """A list of three with the bank; what is read is never put down."""
    session, _ = make_office(tmp_path_factory.mktemp("hostile") / "office")
    yield session, sent(in_2022(session), drawn_up(session, 3))
    session.close()


@pytest.mark.parametrize(
    ("said", "paid"),
    [
        ("交易成功", True), ("已入账", True), ("S", True), ("0000", True), ("交易未成功", False), ("扣款不成功", False),
        ("未能入账", False), ("账户异常，未成功", False), ("退票", False), ("冲正成功", None), ("退款成功", None), ("已入账后冲销", None),
        ("成功，已退回", None), ("部分成功", None), ("失败，待重发", None), ("处理中", None), ("成功（原失败）", None), ("0", None),
    ],
)  # fmt: skip
def test_outcome__only_plain_words_count(tmp_path: Path, said: str, paid: bool | None) -> None:
    """未成功 is no success, money that goes back neither, and what speaks of both is for a person to find out."""
    (found,) = read_bank_return(answer_file(tmp_path / "a.csv", f'{CARD},甲,500.00,"{said}",'), LAYOUT)
    assert found.paid is paid


@pytest.mark.parametrize("amount", ["-500.00", "500.00-", "(500.00)", "0", "五百", "500.004.1", "=A1*2", "1e400"])
def test_amount__odd_ones_are_never_taken_as_not_given(tmp_path: Path, amount: str) -> None:
    """A reversal or a garbled amount does not pay a line of 500."""
    rows = read_bank_return(answer_file(tmp_path / "a.csv", f"{CARD},甲,{amount},成功,"), LAYOUT)
    found = lay_beside([ListedLine("a", CARD, "甲", 50_000)], rows)
    assert (found.paid, found.unmentioned) == ([], ["a"]) and len(found.set_aside) == 1


def test_hidden_card__of_a_failure_is_not_passed_over(tmp_path: Path) -> None:
    """A bank that hides the middle of the number and lists failures only: nobody of that name is taken as paid."""
    rows = ["6228****8901,乙,100.00,失败,销户", "7,甲,100.00,失败,户名不符", "合计,2 笔,,失败,"]
    path = answer_file(tmp_path / "a.csv", *[text.replace("7,甲", f"{CARD},甲") for text in rows])
    read = read_bank_return(path, LAYOUT)
    assert [(item.account, item.account_said) for item in read] == [("", "6228****8901"), (CARD, CARD)]
    listed = [ListedLine("a", CARD, "甲", 10_000), ListedLine("b", "62284", "乙", 10_000), ListedLine("c", "62285", "丙", 10_000)]
    found = lay_beside(listed, read, unmentioned_paid=True)
    assert (found.paid, list(found.failed), found.unmentioned) == (["c"], ["a"], ["b"])


@pytest.mark.parametrize(
    "rows",
    [
        [row(1, "7", False), row(2, "6", True)],  # it lists successes, too: silence says nothing
        [row(1, "99", False, name="别人")],  # the file of another list
        [row(1, "7", False), row(2, "99", False)],  # a failure of nobody knows whom
    ],
)
def test_rest__is_only_paid_where_the_answer_is_clear(rows: list[AnswerRow]) -> None:
    """“What is not mentioned is paid” holds for an answer that lists failures of this list and nothing else."""
    found = lay_beside(LINES, rows, unmentioned_paid=True)
    assert found.rest_doubt and {"c", "d"} <= set(found.unmentioned)


def test_shared_card__each_is_paid_by_name_whatever_the_order() -> None:
    """Two people with one card and the same amount: the rows are told apart by the name, else not at all."""
    listed = [ListedLine("a", "6", "甲", 100), ListedLine("b", "6", "乙", 100)]
    answers = [row(1, "6", False, name="乙", reason="退票"), row(2, "6", True, name="甲")]
    found = lay_beside(listed, answers)
    assert (found.paid, found.failed) == (["a"], {"b": "退票"})
    nameless = lay_beside(listed, [row(1, "6", True), row(2, "6", False)])
    assert not nameless.paid and not nameless.failed and len(nameless.set_aside) == 2


@pytest.mark.parametrize(
    ("written", "name", "same"),
    [
        ("张*", "张小明", True), ("*明", "张小明", True), ("张**", "张小明", True), ("张＊明", "张小明", True),
        ("买买提•艾力", "买买提·艾力", True), ("李?", "李龑", True), ("李*", "张小明", False), ("张*", "张", False),
        ("***", "张小明", False), ("张小", "张小明", False), ("张.", "张明", False),
    ],
)  # fmt: skip
def test_name__as_banks_hide_it(written: str, name: str, same: bool) -> None:
    """Part of the name is enough beside the whole card number; nothing but stars is no name."""
    found = lay_beside([ListedLine("a", "6", name, 100)], [row(1, "6", name=written)])
    assert (found.paid == ["a"]) is same


def test_name__hidden_alike_on_a_shared_card__is_nobodys() -> None:
    """张* may be either of two."""
    listed = [ListedLine("a", "6", "张甲", 100), ListedLine("b", "6", "张乙", 100), ListedLine("c", "6", "王丙", 100)]
    found = lay_beside(listed, [row(1, "6", name="张*"), row(2, "6", name="王*")])
    assert (found.paid, [item.row for item in found.set_aside]) == (["c"], [1])


def test_quotes__that_nothing_closes_eat_no_lines(tmp_path: Path) -> None:
    """A stray quotation mark is refused with its row; one that is closed over a harmless line break is read."""
    good = f"{CARD},甲,500.00,成功,"
    for bad in (f'{CARD},"甲,500.00,失败,', f'{CARD},"甲,500.00,失败,\r\n{CARD},乙",500.00,失败,'):
        path = answer_file(tmp_path / "a.csv", bad, good)
        fault = expect_refusal(lambda path=path: read_bank_return(path, LAYOUT), "bank_return_quotes")
        assert "第 3 行" in fault.text()
    path = answer_file(tmp_path / "b.csv", f'{CARD},甲,500.00,失败,"户名\n不符"', good)
    assert [item.reason for item in read_bank_return(path, LAYOUT)] == ["户名 不符", ""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text__in_every_encoding_and_with_old_line_ends(tmp_path: Path, encoding: str) -> None:
    """The same rows however the counter's program writes them; UTF-16 is refused with a sentence."""
    text = f"账号|户名|金额|结果\r{CARD}|龑|500.00|成功\r"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    (found,) = read_bank_return(path, LAYOUT)
    assert (found.name, found.amount, found.paid) == ("龑", 50_000, True)
    path.write_bytes(text.encode("utf-16"))
    expect_refusal(lambda: read_bank_return(path, LAYOUT), "bank_return_text", "bank_return_heads")


def test_length__is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    """10^5 rows of strangers take moments; one row too many is refused rather than cut off."""
    many = [AnswerRow(at, str(10**15 + at), name=f"人{at}", paid=False) for at in range(100_000)]
    start = time.process_time()
    found = lay_beside(LINES, [*many, row(100_001, "7", False)], unmentioned_paid=True)
    assert len(found.set_aside) == 100_000 and time.process_time() - start < 3
    assert found.paid == ["a", "c", "d"]
    lines = [f"{CARD},甲,500.00,成功,"] * (MOST_ROWS + 1)
    expect_refusal(lambda: read_bank_return(answer_file(tmp_path / "a.csv", *lines), LAYOUT), "bank_return_long")


@pytest.mark.parametrize(
    ("first", "second", "paid"),
    [("成功", "失败", None), ("失败", "成功", None), ("成功", "处理中", None), ("成功", "已退款", None), ("成功", "", True),
     ("成功", "正常", True), ("失败", "账户异常", False), ("成功", "交易成功", True)],
)  # fmt: skip
def test_outcome__told_in_two_columns_must_agree(tmp_path: Path, first: str, second: str, paid: bool | None) -> None:
    """The bank took the order (结果) and could not carry it out (处理状态): nobody is taken as paid by the first of them."""
    path = tmp_path / "a.csv"
    path.write_text(f"账号,户名,金额,结果,处理状态\r\n{CARD},甲,500.00,{first},{second}\r\n", encoding="utf-8-sig")
    (found,) = read_bank_return(path, LAYOUT)
    assert found.paid is paid


@pytest.mark.parametrize("written", [f'"=""{CARD}"""', CARD.translate({ord(str(at)): chr(0xFF10 + at) for at in range(10)}), f"'{CARD}"])
def test_card__in_the_ways_programs_keep_its_digits(tmp_path: Path, written: str) -> None:
    """As a formula's text, in full width, behind an apostrophe; a name with invisible marks is that name."""
    (found,) = read_bank_return(answer_file(tmp_path / "a.csv", f"{written},\u202e甲\u200b,500.00,成功,"), LAYOUT)
    assert (found.account, found.name) == (CARD, "甲")


def test_workbook__of_several_sheets_is_not_read_in_part(tmp_path: Path) -> None:
    """A summary in front is passed over; successes on one sheet and failures on another are refused, not half of them read."""
    heads, path = ["账号", "户名", "金额", "结果"], tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["代发汇总", "成功 1 笔"])
    failed = book.create_sheet("失败明细")
    for line in (heads, [CARD, "甲", 500, "失败"]):
        failed.append(line)
    book.save(path)
    assert [(item.account, item.paid) for item in read_bank_return(path, LAYOUT)] == [(CARD, False)]
    paid = book.create_sheet("成功明细")
    for line in (heads, [CARD, "甲", 500, "成功"]):
        paid.append(line)
    book.save(path)
    assert "“失败明细”“成功明细”" in expect_refusal(lambda: read_bank_return(path, LAYOUT), "bank_return_sheets").text()
    expect_refusal(lambda: read_bank_return(tmp_path, LAYOUT), "cannot_read")


def test_workbook__with_formulas_and_numbers(tmp_path: Path) -> None:
    """A formula without its value is no card, and is told; a card as a number has lost digits and belongs to nobody."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (("账号", "户名", "金额", "结果"), ('="6228"&"480012345678901"', "甲", 500, "成功"),
                  (6228480012345678901, "乙", 500, "成功"), ("合计", None, 1000, None)):  # fmt: skip
        sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    rows = read_bank_return(tmp_path / "a.xlsx", LAYOUT)
    listed = [ListedLine("a", CARD, "甲", 50_000), ListedLine("b", CARD, "乙", 50_000)]
    found = lay_beside(listed, rows)
    assert not found.paid and [item.row for item in found.set_aside] == [2, 3]


def test_reason__is_kept_short_enough_to_travel(scene: tuple[OfficeSession, ListView], tmp_path: Path) -> None:
    """A bank's essay is cut, for it is stored and goes along in every bundle."""
    session, view = scene
    line = view.lines[0]
    path = answer_file(tmp_path / "a.csv", f"{line.account},{line.payee_name},500.00,失败,{'长' * 30_000}")
    found = bank_exchange.read_return(session, view.row.id, path, "csv").found
    assert len(found.failed[line.id]) == 200
    assert {item.state for item in disbursement.load_list(session, view.row.id).lines} == {LineState.WAITING}
