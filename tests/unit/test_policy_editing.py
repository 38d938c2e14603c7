"""Figures of a pack: found by path, named in Chinese, changed with document and clause, and nothing else touched."""

import difflib
import tomllib
from collections.abc import Iterator
from typing import Any, get_args

import policy_texts
import pytest
from neighbours import expect_refusal, unchanged
from policy_texts import INCOME, SHARE

from db.domain.policy import pack as vocabulary
from db.domain.policy.book import LoadedPack, PolicyBook, packaged_book
from db.domain.policy.pack import Part
from db.errors import UserError
from db.services import policies, policy_figures
from db.services.office import OfficeSession
from db.services.policies import FigureChange, FigureKind, NewSource, NewVersion

NEW = NewSource("关于调整帮扶标准的通知", "云溪市总工会", "云工发〔2026〕8号", "2026-10-20")
EDITION = NewVersion("2", "2027-01-01")
TODAY = "2026-11-21"


def edited(
    *changes: FigureChange, base: PolicyBook | None = None, source: NewSource | None = NEW, edition: NewVersion = EDITION
) -> LoadedPack:
    """The invented pack with *changes*, as it would be stored."""
    return policies.preview_edit(base or policy_texts.book(), "yunxi-2024", changes, source, edition, TODAY)


def difference(before: str, after: str) -> list[str]:
    """The changed lines, ``-`` and ``+`` before them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"} and line[1:].strip()]


# -- what may be changed ------------------------------------------------------------------------------------------


def test_figures__have_a_path_a_name_and_a_clause() -> None:
    """Every figure of the invented pack, in the words of people."""
    found = {item.path: item for item in policies.figures(policy_texts.pack())}
    income = found[INCOME]
    assert (income.group, income.label) == ("认定类别：相对困难", "人均收入 · 标准的倍数")
    assert (income.value_text, income.unit, income.kind) == ("1.5", "倍低保标准", FigureKind.NUMBER)
    assert income.citation == "《云溪市困难职工帮扶办法》（云工发〔2024〕1号）第四条第一款"
    assert policies.figure_text(income) == "1.5 倍低保标准"
    amount = found["aid.living.cap.1.amounts.2.amount"]
    assert (amount.label, amount.value_text, amount.unit) == ("固定金额 · 意外致困 · 金额", "5000", "元")
    assert found["window.spring.opens"].kind is FigureKind.MONTH_DAY
    assert found["class.relative.route.1.test.1.op"].choices == ("<", "<=", ">", ">=", "==")
    assert not found["where"].is_cited


def test_open_questions__name_figure_and_question() -> None:
    """What the document leaves open, once per figure."""
    found = policies.open_questions(policy_texts.pack())
    assert [item.path for item in found] == ["class.accidental.route.1.test.1.op", SHARE]
    assert found[1].question.startswith("支出占收入的多大比例")
    assert "第五条第一款" in found[1].where


def test_figures__none_of_the_vocabulary_is_forgotten() -> None:
    """Every number and day that a pack can state may be edited; its own days are set with the version."""
    written = {"_figure", "_month_day", "_day"}
    stated = {
        (model, name)
        for model in vars(vocabulary).values()
        if isinstance(model, type) and issubclass(model, Part)
        for name, field in model.model_fields.items()
        if any(getattr(getattr(mark, "func", None), "__name__", "") in written for mark in _marks(field))
    }
    known = {(model, entry.name) for model, entries in policy_figures._FIELDS.items() for entry in entries}
    known |= {(vocabulary.Threshold, entry.name) for entry in policy_figures._THRESHOLDS.values()}
    elsewhere = {vocabulary.Pack, vocabulary.Source, vocabulary.StandardValue}
    assert {(model.__name__, name) for model, name in stated - known if model not in elsewhere} == set()


def _marks(field: Any) -> Iterator[object]:
    """The validators of a field, also inside ``… | None``."""
    yield from field.metadata
    for part in get_args(field.annotation):
        yield from getattr(part, "__metadata__", ())


@pytest.mark.parametrize("loaded", packaged_book().packs, ids=lambda loaded: loaded.pack.id)
def test_figures__of_every_packaged_pack__can_be_changed_alone(loaded: LoadedPack) -> None:
    """Whatever the packs say: each path is unique, and a changed figure changes itself and its citation only."""
    book = PolicyBook((loaded,))
    found = policies.figures(loaded)
    assert len({item.path for item in found}) == len(found)
    samples = {
        FigureKind.NUMBER: "7.25",
        FigureKind.WHOLE: "3",
        FigureKind.DAY: "2031-02-03",
        FigureKind.MONTH_DAY: "02-29",
        FigureKind.AGES: "18-40",
        FigureKind.TEXT: "某地",
    }
    kinds = {item.kind: item for item in found}  # one of each kind is enough: the rest is the same code
    for figure in kinds.values():
        value = samples.get(figure.kind, figure.choices[0] if figure.choices else "")
        if figure.kind is FigureKind.CHOICES:
            value = policies.choice_labels(str(figure.place[-1]))[value]
        change = FigureChange(figure.path, value, "", "第九条")
        edition = NewVersion("99", loaded.pack.begins, "试")
        after = policies.preview_edit(book, loaded.pack.id, [change], NEW, edition, TODAY)
        now = {item.path: item for item in policies.figures(after)}
        assert now[figure.path].value_text == value
        for item in found:
            if item.path != figure.path:
                assert now[item.path].value_text == item.value_text


# -- editing ------------------------------------------------------------------------------------------------------


def test_edit__touches_only_what_is_changed() -> None:
    """Comments, order and spelling of everything else stay."""
    after = edited(FigureChange(INCOME, "2", "", "第二条"), edition=NewVersion("2", "2027-01-01", "提高倍数。"))
    assert difference(policy_texts.PACK, after.text) == [
        '-version = "1"',
        '+version = "2"',
        "-begins = 2024-01-01",
        '-note = "2024 年起执行。"',
        "+begins = 2027-01-01",
        '+note = "提高倍数。"',
        "+[[source]]",
        '+id = "added_1"',
        '+title = "关于调整帮扶标准的通知"',
        '+number = "云工发〔2026〕8号"',
        '+issuer = "云溪市总工会"',
        "+issued_on = 2026-10-20",
        "+checked_on = 2026-11-21",
        '-threshold = { standard = "subsistence", times = "1.5" } # 一倍半',
        '-source = "yunxi"',
        '-clause = "第四条第一款"',
        '+threshold = { standard = "subsistence", times = "2" } # 一倍半',
        '+source = "added_1"',
        '+clause = "第二条"',
    ]


def test_edit__proposes_what_is_left_out() -> None:
    """Next number, today, and a note that says what was changed from when on."""
    after = edited(FigureChange(INCOME, "2", "yunxi", "第四条（更正）"), source=None, edition=NewVersion("", ""))
    assert (after.pack.version, after.pack.begins, after.origin) == ("2", TODAY, "edited")
    assert after.pack.note == f"{TODAY} 起执行。改动：认定类别：相对困难。"
    assert policies.figure_differences(policy_texts.pack(), after) == [
        "认定类别：相对困难 · 人均收入 · 标准的倍数：由 1.5 倍低保标准 改为 2 倍低保标准，"
        "依据《云溪市困难职工帮扶办法》（云工发〔2024〕1号）第四条（更正）"
    ]


def test_differences__only_the_citation__is_said_too() -> None:
    """The same figure on another document, a new figure and one that is gone."""
    after = edited(FigureChange("window.spring.opens", "04-01", "", "第二条"), source=NEW)
    assert policies.figure_differences(policy_texts.pack(), after) == [
        "办理时段：春季核查 · 开始：仍为 04-01，依据《关于调整帮扶标准的通知》（云工发〔2026〕8号）第二条",
        "办理时段：春季核查 · 截止：仍为 06-30，依据《关于调整帮扶标准的通知》（云工发〔2026〕8号）第二条",
    ]
    window = policy_texts.PACK[policy_texts.PACK.index("[[window]]") :]
    without = policy_texts.load_pack(policy_texts.PACK.replace(window, ""), "x.toml")
    gone = policies.figure_differences(policy_texts.pack(), without)
    assert gone == ["取消 办理时段：春季核查 · 开始", "取消 办理时段：春季核查 · 截止"]
    assert policies.figure_differences(without, policy_texts.pack())[0].startswith("新增 办理时段：春季核查 · 开始：04-01")


def test_edit__a_known_document__is_not_entered_twice() -> None:
    """Title and number say whether it is the same one."""
    again = NewSource("云溪市困难职工帮扶办法", "云溪市总工会", "云工发〔2024〕1号")
    after = edited(FigureChange(INCOME, "2", "", "第四条"), source=again)
    assert len(after.pack.source) == 1


def test_edit__answers_an_open_question() -> None:
    """Operator and figure are set; the pack has no open question any more. Emptied, it asks again."""
    operator = "class.accidental.route.1.test.1.op"
    after = edited(FigureChange(SHARE, "60%", "", "第三条"), FigureChange(operator, "≥", "", "第三条"))
    assert policies.open_questions(after) == []
    assert tomllib.loads(after.text)["class"][1]["route"][0]["test"][0]["threshold"] == {"ratio": "0.6"}
    book = PolicyBook((after,))
    back = edited(FigureChange(SHARE, "", "", "第三条"), base=book, edition=NewVersion("3", "2027-01-01"))
    assert [item.path for item in policies.open_questions(back)] == [SHARE]


@pytest.mark.parametrize(
    ("path", "typed", "stored"),
    [
        (INCOME, "１．８", "1.8"),
        (INCOME, " 2 ", "2"),
        ("aid.living.cap.1.amounts.1.amount", "3,500.50", "3500.50"),
        (SHARE, "62.5%", "0.625"),
        ("class.relative.route.1.test.1.op", "≤", "<="),
        ("window.spring.opens", "3月1日", "03-01"),
        ("window.spring.opens", "2-29", "02-29"),
        ("where", "云溪市总工会一楼（东）", "云溪市总工会一楼（东）"),
    ],
)
def test_edit__takes_what_people_type(path: str, typed: str, stored: str) -> None:
    """Full-width digits, separators, per cent, signs and days as they are written."""
    after = edited(FigureChange(path, typed, "", "第二条"))
    assert {item.path: item.value_text for item in policies.figures(after)}[path] == stored


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (INCOME, "两倍"),
        (INCOME, "-1"),
        (INCOME, "1e3"),
        (INCOME, "1.2345678"),
        (INCOME, "9" * 5000),
        (SHARE, "33.33333%"),
        (SHARE, "%"),
        ("class.relative.route.1.test.1.op", "约"),
        ("window.spring.opens", "02-30"),
        ("window.spring.opens", "13-01"),
        ("window.spring.opens", ""),
    ],
)
def test_edit__what_is_no_figure__is_refused(path: str, typed: str) -> None:
    """The sentence names the figure and how it must be written."""
    expect_refusal(lambda: edited(FigureChange(path, typed, "", "第二条")), "policy_bad_figure")


@pytest.mark.parametrize(
    ("change", "source", "edition", "code"),
    [
        (FigureChange(INCOME, "2", "", ""), NEW, EDITION, "policy_needs_source"),
        (FigureChange(INCOME, "2", "", "第二条"), None, EDITION, "policy_needs_source"),
        (FigureChange(INCOME, "2", "other", "第二条"), NEW, EDITION, "policy_unknown_source"),
        (FigureChange("class.nobody.times", "2", "", "第二条"), NEW, EDITION, "policy_no_figure"),
        (FigureChange(INCOME, "2", "", "第二条"), NewSource("某通知", ""), EDITION, "policy_source_needs"),
        (FigureChange(INCOME, "2", "", "第二条"), NewSource("某通知", "某局", "", "昨天"), EDITION, "policy_bad_day"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("1", "2027-01-01"), "policy_version_not_higher"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("0.9", "2027-01-01"), "policy_version_not_higher"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("二", "2027-01-01"), "policy_bad_version"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("2", "2027-02-30"), "policy_bad_day"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("2", "2023-12-31"), "policy_begins_before"),
        (FigureChange(INCOME, "2", "", "第二条"), NEW, NewVersion("2", "2027-01-01", "", "2026-12-31"), "policy_ends_before"),
    ],
)
def test_edit__what_is_missing_or_wrong__is_said(
    change: FigureChange, source: NewSource | None, edition: NewVersion, code: str
) -> None:
    """Document, clause, number and days are asked for before anything is written."""
    expect_refusal(lambda: edited(change, source=source, edition=edition), code)


def test_edit__one_sentence_of_the_document__has_one_citation() -> None:
    """Two figures of the same rule cannot rest on two documents."""
    paths = ("aid.living.cap.1.amounts.1.amount", "aid.living.cap.1.amounts.2.amount")
    changes = [FigureChange(path, "9", "", clause) for path, clause in zip(paths, ("第一条", "第二条"), strict=True)]
    expect_refusal(lambda: edited(*changes), "policy_two_citations")
    edited(*(FigureChange(path, "9", "", "第一条") for path in paths))


def test_edit__nothing_changed__is_no_version() -> None:
    """Another number alone is no reason for a version; a later end is."""
    expect_refusal(lambda: edited(source=None, edition=NewVersion("2", "2024-01-01")), "policy_nothing_changed")
    assert edited(source=None, edition=NewVersion("2", "2024-01-01", "", "2026-12-31")).pack.ends == "2026-12-31"


def test_edit__a_faulty_result__names_file_line_and_reason() -> None:
    """A new figure that breaks the pack is refused as a faulty file is."""
    brackets = 'brackets = [{ over = "0", share = "0.5" }, { over = "100", share = "0.6" }]'
    start, end = policy_texts.PACK.index("amounts = ["), policy_texts.PACK.index("]\nsource", policy_texts.PACK.index("amounts"))
    base = f'{policy_texts.PACK[:start]}costs = ["illness"]\n{brackets}{policy_texts.PACK[end + 1 :]}'
    base = base.replace('formula = "fixed"', 'formula = "share_of_cost"')
    book = PolicyBook((policy_texts.load_pack(base, "x.toml"),))
    with pytest.raises(UserError) as caught:
        edited(FigureChange("aid.living.cap.1.brackets.2.over", "0", "", "第二条"), base=book)
    assert caught.value.code == "policy_invalid"
    line = base.splitlines().index(brackets) + 1 + 7  # the new document stands above
    assert f"yunxi-2024-2.toml 第 {line} 行" in caught.value.text() and "从小到大" in caught.value.text()


# -- storing ------------------------------------------------------------------------------------------------------


def test_edit_pack__stores_a_version_beside_the_old_one(office: OfficeSession) -> None:
    """The packaged version stays; the new one counts from its first day; a second edit builds on it."""
    found = {item.path: item for item in policies.figures(policies.find_pack(policies.policy_book(office), "qianshan-2020"))}
    figure = next(item for item in found.values() if item.value_text == "1.5" and item.kind is FigureKind.NUMBER)
    change = FigureChange(figure.path, "1.6", "", "第二条")
    stored = policies.edit_pack(office, "qianshan-2020", [change], NEW, begins="2020-07-01", note="试。")
    assert (stored.pack.version, stored.pack.ends) == ("2", "2020-12-31")
    book = policies.policy_book(office)
    for day, value in (("2020-06-30", "1.5"), ("2020-07-01", "1.6")):
        loaded = policies.find_pack(book, "qianshan-2020", day)
        assert {item.path: item.value_text for item in policies.figures(loaded)}[figure.path] == value
    again = policies.edit_pack(
        office, "qianshan-2020", [FigureChange(figure.path, "1.7", "added_1", "第三条")], begins="2020-08-01"
    )
    assert (again.pack.version, len(again.pack.source)) == ("3", len(stored.pack.source))
    rows = [row for row in policies.policy_rows(office, "2020-09-01") if row.pack_id == "qianshan-2020"]
    assert [(row.version, row.state, row.made_by) for row in rows] == [
        ("3", "in_force", "陈志强"),
        ("2", "past", "陈志强"),
        ("1", "past", ""),
    ]


def test_edit_pack__refused__leaves_the_old_one_in_force(office: OfficeSession) -> None:
    """Nothing is stored, and the book is the same."""
    book = policies.policy_book(office)
    loaded = policies.find_pack(book, "qianshan-2020")
    figure = next(item for item in policies.figures(loaded) if item.kind is FigureKind.NUMBER)
    with unchanged(office):
        for change in (FigureChange(figure.path, "x", "", "第二条"), FigureChange(figure.path, "2", "", "")):
            with pytest.raises(UserError):
                policies.edit_pack(office, "qianshan-2020", [change], NEW)
        fault = expect_refusal(lambda: policies.edit_pack(office, "nowhere", [], NEW), "policy_unknown")
        stale = expect_refusal(
            lambda: policies.edit_pack(office, "qianshan-2020", [], NEW, base_sha256="0" * 64), "policy_out_of_date"
        )
    assert "qianshan-2020" in fault.text() and "刷新" in stale.text()
    assert policies.policy_book(office) == book
