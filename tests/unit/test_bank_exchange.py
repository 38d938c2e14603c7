"""The bank's file and its answer: right to the last digit, and what does not fit is set aside with its row."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from aid_money import card_number, in_2022
from factories import make_office
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from payments import drawn_up, sent

from db.domain.aid.bank_answer import AnswerRow, ListedLine, lay_beside
from db.domain.aid.bank_layout import LayoutError, packaged_layouts, read_layout
from db.domain.aid.list_flow import LineState, ListState
from db.errors import UserError
from db.services import bank_exchange, disbursement, funds
from db.services.office import OfficeSession


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeSession]:
    """A township of 2022."""
    session, _ = make_office(tmp_path / "office")
    yield in_2022(session)
    session.close()


def test_roster__holds_every_digit_and_a_living_sum(office: OfficeSession, tmp_path: Path) -> None:
    """Numbers are text, amounts numbers, the total a formula with its value and the sum in capitals."""
    view = sent(office, drawn_up(office, 2))
    path = tmp_path / "花名册.xlsx"
    bank_exchange.write_roster(office, view.row.id, "standard", path, "旧的作废")
    sheet = load_workbook(path).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0][1] == "姓名" and len(rows[0]) == 12
    assert sorted(row[9] for row in rows[1:3]) == sorted([card_number(1), card_number(2)])
    assert {row[6] for row in rows[1:3]} == {500} and rows[3][6] == "=SUM(G3:G4)"
    assert "壹仟元整" in str(rows[4][0])
    assert load_workbook(path, data_only=True).active["G5"].value == 1000


@pytest.mark.parametrize(("layout", "encoding", "mark"), [("csv", "utf-8-sig", ","), ("txt", "gb18030", "|")])
def test_roster__as_text_in_the_encoding_of_the_bank(
    office: OfficeSession, tmp_path: Path, layout: str, encoding: str, mark: str
) -> None:
    """Written twice it is the same, byte for byte."""
    view = sent(office, drawn_up(office, 1))
    first, again = tmp_path / "a", tmp_path / "b"
    digest = bank_exchange.write_roster(office, view.row.id, layout, first, "旧的作废")
    assert bank_exchange.write_roster(office, view.row.id, layout, again, "再写一份") == digest
    assert first.read_bytes() == again.read_bytes()
    last = first.read_bytes().decode(encoding).splitlines()[-1].split(mark)
    assert {card_number(1), "500.00", view.lines[0].payee_name} <= set(last)


def test_roster__only_of_an_approved_list(office: OfficeSession, tmp_path: Path) -> None:
    """A draft can be printed for reading, but gives no file for the bank."""
    view = drawn_up(office, 1)
    with pytest.raises(UserError):
        bank_exchange.write_roster(office, view.row.id, "csv", tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
    bank_exchange.write_draft(office, view.row.id, "standard", tmp_path / "x.xlsx")
    assert disbursement.load_list(office, view.row.id).row.state is ListState.DRAFT


def answer_file(path: Path, *rows: str, encoding: str = "gb18030") -> Path:
    """A bank's answer with a title above its heads."""
    path.write_bytes("\r\n".join(["代发结果", "账号,户名,金额,处理结果,失败原因", *rows]).encode(encoding))
    return path


def test_answer__partly_failed__is_put_down_line_by_line(office: OfficeSession, tmp_path: Path) -> None:
    """What failed can be paid again, what an answer does not mention waits on, the same answer again changes nothing."""
    view = sent(office, drawn_up(office, 3))
    one, two, _ = view.lines
    rows = [f"{one.account},{one.payee_name},500.00,交易成功,", f"{two.account},{two.payee_name},500.00,失败,户名不符"]
    path = answer_file(tmp_path / "回盘.csv", *rows)
    preview = bank_exchange.read_return(office, view.row.id, path, "csv")
    assert (preview.found.paid, preview.found.failed) == ([one.id], {two.id: "户名不符"})
    assert disbursement.load_list(office, view.row.id).lines[0].state is LineState.WAITING
    outcome = bank_exchange.apply_return(office, view.row.id, preview, "2022-07-01")
    assert (outcome.paid, outcome.failed, outcome.open) == (1, 1, 1)
    again = bank_exchange.read_return(office, view.row.id, path, "csv")
    assert again.settled_before == 2 and bank_exchange.apply_return(office, view.row.id, again, "2022-07-01").paid == 0
    assert funds.fund_states(office)[0].spent == 50_000


def test_answer__of_several_columns_the_right_one(office: OfficeSession, tmp_path: Path) -> None:
    """Our own file comes back with the bank's columns at its end, and with the account that paid at its beginning."""
    view = sent(office, drawn_up(office, 2))
    one, two = view.lines
    heads = "账号,户名,收款账号,收款人,金额,备注,处理结果,失败原因"
    rows = [f"1234567890123,镇总工会,{one.account},{one.payee_name},500.00,助学,失败,账户已销户",
            f"1234567890123,镇总工会,{two.account},{two.payee_name},500.00,助学,成功,"]  # fmt: skip
    path = tmp_path / "回盘.csv"
    path.write_bytes("\r\n".join([heads, *rows]).encode("gb18030"))
    found = bank_exchange.read_return(office, view.row.id, path, "csv").found
    assert (found.paid, found.failed) == ([two.id], {one.id: "账户已销户"})


def test_answer__not_an_answer_at_all(office: OfficeSession, tmp_path: Path) -> None:
    """Garbage, a file without heads and one without cards are each refused with a sentence."""
    view = sent(office, drawn_up(office, 1))
    for name, data in (("a.txt", bytes(range(256)) * 4), ("b.csv", b"a,b\r\n1,2\r\n"), ("c.csv", "账号,结果\r\n合计,成功".encode())):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UserError) as caught:
            bank_exchange.read_return(office, view.row.id, tmp_path / name, "csv")
        assert caught.value.code in {"bank_return_text", "bank_return_heads", "bank_return_empty"}


def row(number: int, account: str = "6", paid: bool | None = True, **more: object) -> AnswerRow:
    """A row of an answer."""
    return AnswerRow(number, account, paid=paid, **more)  # type: ignore[arg-type]


LINES = [ListedLine("a", "6", "甲", 100), ListedLine("b", "7", "乙", 100), ListedLine("c", "8", "丙", 100), ListedLine("d", "8", "丙", 300)]


@pytest.mark.parametrize(
    ("rows", "paid", "failed", "aside"),
    [
        ([row(1)], ["a"], [], []),
        ([row(1, "9")], [], [], [1]),  # nobody of the list
        ([row(1, name="丁")], [], [], [1]),  # renamed
        ([row(1, amount=101)], [], [], [1]),  # another amount
        ([row(1, paid=None, said="处理中")], [], [], [1]),  # neither paid nor failed
        ([row(1), row(2)], ["a"], [], []),  # said twice
        ([row(1), row(2, paid=False)], [], [], [1, 2]),  # said both
        ([row(1, "8")], [], [], [1]),  # which of two?
        ([row(1, "8", amount=300), row(2, "8", False, amount=100, reason="退票")], ["d"], ["c"], []),
    ],
)  # fmt: skip
def test_lay_beside__nothing_is_guessed(
    rows: list[AnswerRow], paid: list[str], failed: list[str], aside: list[int]
) -> None:
    """Missing, extra, renamed, doubled and contradicting rows."""
    found = lay_beside(LINES, rows)
    assert (found.paid, list(found.failed), [item.row for item in found.set_aside]) == (paid, failed, aside)
    assert set(found.unmentioned) == {"a", "b", "c", "d"} - set(paid) - set(failed)


def test_lay_beside__a_bank_that_lists_only_failures() -> None:
    """Who is not mentioned is paid, except those of whom an unclear row speaks."""
    found = lay_beside(LINES, [row(1, "7", False, reason="销户"), row(2, paid=False, name="丁")], unmentioned_paid=True)
    assert (found.paid, found.failed, found.unmentioned) == (["c", "d"], {"b": "销户"}, ["a"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("678"), st.sampled_from([100, 200])), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.sampled_from("6789"), st.sampled_from([100, 200, None]), st.sampled_from([True, False, None])), max_size=8
    ),
    st.booleans(),
)
def test_lay_beside__every_line_ends_in_exactly_one_place(
    listed: list[tuple[str, int]], told: list[tuple[str, int | None, bool | None]], rest: bool
) -> None:
    """Whatever is answered, a line is paid, failed or open, and never paid oftener than the answer says."""
    lines = [ListedLine(str(at), account, "甲", amount) for at, (account, amount) in enumerate(listed)]
    rows = [AnswerRow(at, account, amount=amount, paid=paid) for at, (account, amount, paid) in enumerate(told, 1)]
    found = lay_beside(lines, rows, unmentioned_paid=rest)
    places = [*found.paid, *found.failed, *found.unmentioned]
    assert sorted(places) == sorted(line.id for line in lines)
    if not rest:
        assert len(found.paid) <= sum(1 for item in rows if item.paid)


def test_layout__of_a_bank_is_data(office: OfficeSession, tmp_path: Path) -> None:
    """An office reads in its bank's layout; a faulty one is refused with the reason."""
    text = 'id = "own"\ntitle = "本地银行"\nkind = "txt"\nencoding = "gb18030"\nseparator = ";"\n'
    columns = "".join(f'[[column]]\nfield = "{field}"\n' for field in ("account", "payee_name", "amount_fen"))
    path = tmp_path / "own.toml"
    path.write_text(text + columns, encoding="utf-8")
    assert bank_exchange.add_layout(office, path).title == "本地银行"
    assert [layout.id for layout in bank_exchange.layouts(office)] == [*packaged_layouts(), "own"]
    path.write_text(text + columns.replace("amount_fen", "phone"), encoding="utf-8")
    with pytest.raises(UserError) as caught:
        bank_exchange.add_layout(office, path)
    assert "金额" in caught.value.text()
    with pytest.raises(LayoutError):
        read_layout(text.replace('"txt"', '"doc"') + columns)


@pytest.mark.parametrize(
    "faulty",
    [
        'kind = ["txt"]', 'sort = [["bank"]]', 'separator = ["|"]', 'encoding = ["gb18030"]', "id = 3", 'answer = "x"',
        "[answer]\npaid_words = [1]", "[[column]]\nfield = ['account']", "[[column]]\nfield = 'phone'\n" * 30,
    ],
)  # fmt: skip
def test_layout__of_odd_shape_is_refused_in_words(faulty: str) -> None:
    """Whatever stands in the file, the clerk gets a sentence."""
    lines = {"id": 'id = "own"', "title": 'title = "本地"', "kind": 'kind = "txt"'}
    lines[faulty.split(" ")[0]] = faulty
    columns = "".join(f'[[column]]\nfield = "{field}"\n' for field in ("account", "payee_name", "amount_fen"))
    head, tail = [text for text in lines.values() if text[0] != "["], [text for text in lines.values() if text[0] == "["]
    with pytest.raises(LayoutError):
        read_layout("\n".join([*head, columns, *tail]))


def test_csv__holds_no_formulas(office: OfficeSession, tmp_path: Path) -> None:
    """A bank's name that came with somebody's bundle does not become a formula when the counter opens the file."""
    view = sent(office, drawn_up(office, 1, bank_name='=HYPERLINK("http://x","银行")'))
    path = tmp_path / "a.csv"
    bank_exchange.write_roster(office, view.row.id, "csv", path, "旧的作废")
    cells = next(csv.reader(path.read_text("utf-8-sig").splitlines()[1:]))
    assert 'HYPERLINK("http://x","银行")' in cells and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
