"""What must hold of every pack that is delivered: names that exist, sources in use, every clause with its sentence."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from policy_case_files import (
    PACKS,
    SOURCES,
    Table,
    citations,
    load_pack,
    pack_ids,
    pack_table,
    pack_text,
    passed_over,
    plain,
    policy_cases,
    quotes,
    quotes_file,
    squeezed,
)

from db.domain import regions
from db.domain.option_lists import option_list
from db.domain.policy.book import packaged_book
from db.domain.policy.reading import pack_faults

PACK_IDS = pack_ids()
STANDARDS = sorted((PACKS / "standards").glob("*.toml"))
THE_FIVE = {"qinghai-2022", "huangshan-2022", "qianshan-2020", "wuzhou-2017", "shandong-edu-2016"}
every_pack = pytest.mark.parametrize("pack_id", PACK_IDS)

# key of a pack → the option list its codes belong to, wherever the key stands
_LIST_OF_KEY = {
    "category": "hardship_category",
    "causes": "hardship_cause",
    "incomes": "income_kind",
    "add": "asset_kind",
    "uses": "vehicle_use",
    "aid_only": "aid_item",
    "item": "aid_item",
    "stages": "school_stage",
    "costs": "expense_kind",
    "any_of": "document_type",
}
_LIST_OF_MEASURE = {
    "cause": "hardship_cause",
    "event": "event_kind",
    "homes": "home_ownership",
    "vehicles": "vehicle_kind",
    "businesses": "business_kind",
}
_CODED_LISTS = ("level", "class", "gate", "exclusion", "caution", "window", "period", "deadline", "quota", "duty", "target",
                "list", "statement")  # fmt: skip


def _tables(node: Any, key: str = "") -> Iterator[tuple[str, Table]]:
    """Every table of a parsed file with the key of the list or table it stands in."""
    if isinstance(node, dict):
        yield key, node
        for name, value in node.items():
            yield from _tables(value, name)
    elif isinstance(node, list):
        for row in node:
            yield from _tables(row, key)


def _codes(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


@every_pack
def test_the_pack_is_read_without_fault(pack_id: str) -> None:
    assert [fault.text() for fault in pack_faults(pack_text(pack_id), f"{pack_id}/pack.toml")] == []
    assert load_pack(pack_id).pack.id == pack_id


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.name)
def test_the_standards_are_read_without_fault(path: Path) -> None:
    assert [fault.text() for fault in pack_faults(path.read_text("utf-8"), path.name)] == []


@every_pack
def test_regions_are_known(pack_id: str) -> None:
    assert [code for code in pack_table(pack_id).get("regions", []) if not regions.is_known(code)] == []


@every_pack
def test_option_codes_exist(pack_id: str) -> None:
    unknown = []
    for _, table in _tables(pack_table(pack_id)):
        names = {key: name for key, name in _LIST_OF_KEY.items() if key in table}
        if "kinds" in table and table.get("measure") in _LIST_OF_MEASURE:
            names["kinds"] = _LIST_OF_MEASURE[table["measure"]]
        for key, name in names.items():
            unknown += [f"{key}: {code}" for code in _codes(table[key]) if code not in option_list(name).by_code]
        deducted = [code for code in table.get("deduct", []) if not code.startswith("purpose:")]
        unknown += [f"deduct: {code}" for code in deducted if code not in option_list("expense_kind").by_code]
    assert unknown == []


@every_pack
def test_items_of_aid_rules_exist(pack_id: str) -> None:
    table = pack_table(pack_id)
    rows = [*table.get("stacking", []), *table.get("aid_order", [])]
    known = option_list("aid_item").by_code
    assert [code for row in rows for code in row.get("items", []) if code not in known] == []


@every_pack
def test_no_code_stands_twice(pack_id: str) -> None:
    table = pack_table(pack_id)
    names = {key: [row["code"] for row in table.get(key, [])] for key in _CODED_LISTS}
    names["source"] = [row["id"] for row in table["source"]]
    names["evidence"] = [row["case"] for row in table.get("evidence", [])]
    names["step"] = [row["label"] for row in table.get("step", [])]
    doubles = [f"{key}: {code}" for key, codes in names.items() for code in set(codes) if codes.count(code) > 1]
    assert sorted(doubles) == []


@every_pack
def test_every_source_is_registered_and_cited(pack_id: str) -> None:
    table = pack_table(pack_id)
    cited = {citation.split("#")[0] for citation in citations(table)}
    assert cited == {row["id"] for row in table["source"]}


@every_pack
def test_every_source_was_checked_after_it_was_issued(pack_id: str) -> None:
    for source in pack_table(pack_id)["source"]:
        assert date.fromisoformat(source["checked_on"]) >= date.fromisoformat(source.get("issued_on", "1990-01-01"))


@every_pack
def test_what_is_unset_asks_a_question(pack_id: str) -> None:
    silent = []
    for key, table in _tables(pack_table(pack_id)):
        if "unset" in table.values() and key not in {"threshold", "month_threshold", "brackets", "amounts"}:
            silent += [key] if not table.get("question") and key not in {"near", "target", "approval"} else []
    assert silent == []


# -- the sentences of the documents -------------------------------------------------------------------------------


def _source_text(source: str) -> str:
    return squeezed((SOURCES / f"{source}.txt").read_text("utf-8"))


@every_pack
def test_every_clause_is_quoted(pack_id: str) -> None:
    cited = set(citations(pack_table(pack_id)))
    quoted = quotes(pack_id)
    assert sorted(cited - set(quoted)) == [], "clauses without a quote"
    assert sorted(set(quoted) - cited) == [], "quotes for clauses that the pack does not cite"


@every_pack
def test_quotes_stand_in_the_document(pack_id: str) -> None:
    absent = []
    for citation, sentences in quotes(pack_id).items():
        source = citation.split("#")[0]
        text = _source_text(source)
        absent += [f"{citation}: {sentence}" for sentence in sentences if squeezed(sentence) not in text]
    assert absent == []


@every_pack
def test_every_sentence_of_the_documents_is_quoted_or_passed_over(pack_id: str) -> None:
    """Sentence by sentence: what the file of quotes does not list as stating no rule must be quoted by a clause."""
    assert passed_over(pack_id), "every document has a heading"
    known = [squeezed(text) for texts in quotes(pack_id).values() for text in texts]
    known += [squeezed(text) for text in passed_over(pack_id)]
    for source in {citation.split("#")[0] for citation in quotes(pack_id)}:
        assert _left_over(_source_text(source), known) == []


def _left_over(text: str, known: list[str]) -> list[str]:
    covered = [False] * len(text)
    for sentence in known:
        start = text.find(sentence)
        while start >= 0:
            covered[start : start + len(sentence)] = [True] * len(sentence)
            start = text.find(sentence, start + 1)
    rest = "".join(" " if done else char for char, done in zip(text, covered, strict=True))
    return [piece for piece in rest.split() if piece.strip("，。；：、")]


@every_pack
def test_documents_carry_no_contact(pack_id: str) -> None:
    for source in pack_table(pack_id)["source"]:
        text = (SOURCES / f"{source['id']}.txt").read_text("utf-8")
        assert "@" not in text
        assert not re.search(r"\d{7,}", text), "a phone number"
        assert not any(word in text for word in ("联系人：", "电子邮箱："))


@every_pack
def test_nothing_of_a_pack_is_absent(pack_id: str) -> None:
    cases = [case for kind in ("case", "figure_case") for case in policy_cases(kind) if case.policy == pack_id]
    absent = [] if cases else [f"cases for {pack_id}"]
    paths = [quotes_file(pack_id), *(SOURCES / f"{source['id']}.txt" for source in pack_table(pack_id)["source"])]
    assert absent + [path.name for path in paths if not path.exists()] == []


def test_the_five_places_are_delivered() -> None:
    assert set(PACK_IDS) >= THE_FIVE


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.name)
def test_standards_name_known_regions_and_registered_sources(path: Path) -> None:
    table = plain(tomllib.loads(path.read_text("utf-8")))
    codes = [code for value in table.get("value", []) for code in value["regions"]]
    assert [code for code in codes if not regions.is_known(code)] == []
    assert {citation.split("#")[0] for citation in citations(table)} == {row["id"] for row in table.get("source", [])}


def test_no_standard_of_a_pack_is_without_a_table() -> None:
    topics = {tomllib.loads(path.read_text("utf-8"))["topic"] for path in STANDARDS}
    wanted = {
        table["standard"]
        for pack_id in PACK_IDS
        for _, table in _tables(pack_table(pack_id))
        if isinstance(table.get("standard"), str)
    }
    assert sorted(wanted - topics) == []


@pytest.mark.parametrize(
    ("region", "on", "pack_id"),
    [
        ("450421", "2017-07-12", None),
        ("450421", "2017-07-13", "wuzhou-2017"),
        ("450403005", "2017-09-30", "wuzhou-2017"),
        ("450400", "2017-10-01", None),
        ("450300", "2017-08-01", None),
        ("340882", "2019-12-31", None),
        ("340882", "2020-06-01", "qianshan-2020"),
        ("340881", "2020-06-01", None),
        ("341003", "2022-07-01", "huangshan-2022"),
        ("630102", "2022-06-16", "qinghai-2022"),
        ("370102", "2016-12-01", None),
    ],
)
def test_a_place_finds_its_pack_on_its_days(region: str, on: str, pack_id: str | None) -> None:
    """Shandong's notice is for universities: an office chooses it, no region does."""
    found = packaged_book().pack_for(region, on)
    assert (found.pack.id if found else None) == pack_id
