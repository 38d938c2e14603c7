"""The help for those who write packs and for those who ask how a doubt was settled is complete."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from policy_case_files import pack_ids, pack_table
from pydantic import BaseModel

import resources
from db.domain.option_lists import option_list
from db.domain.policy import pack as vocabulary
from db.domain.policy.pack import Cited, Pack, Scoped, StandardTable
from db.domain.policy.pack_rules import Measure
from db.domain.policy.reading import pack_faults

GUIDE = resources.read_text("help/policy_packs.md")
DECISIONS = resources.read_text("help/policy_decisions.md")
COMMON = "到处都有的键"
# where the guide explains a table: the heading that holds these words
_HEADINGS = {
    "Pack": "政策包本身",
    "Source": "[[source]]",
    "Means": "[means]",
    "ImputedWage": "[means.impute]",
    "Near": "[near]",
    "Level": "[[level]]",
    "HardshipClass": "[[class]]",
    "Route": "[[class.route]]",
    "Gate": "[[gate]]",
    "Exclusion": "[[exclusion]]",
    "Caution": "[[caution]]",
    "Criterion": "条件",
    "Threshold": "界线",
    "AidItem": "[[aid]]",
    "Cap": "[[aid.cap]]",
    "FixedAmount": "定额 amounts",
    "Bracket": "分段比例 brackets",
    "Approval": "[[aid.approval]]",
    "Stacking": "[[stacking]]",
    "AidOrder": "[[aid_order]]",
    "AidTotal": "[[aid_total]]",
    "Window": "[[window]]",
    "Period": "[[period]]",
    "Deadline": "[[deadline]]",
    "Notice": "[notice]",
    "Evidence": "[[evidence]]",
    "Papers": "材料 papers",
    "Quota": "[[quota]]",
    "Duty": "[[duty]]",
    "Target": "[[target]]",
    "NamedList": "[[list]]",
    "Step": "[[step]]",
    "Statement": "[[statement]]",
    "StandardTable": "标准表",
    "StandardValue": "[[value]]",
}
_NOT_WRITTEN = {"Threshold": {"kind"}}
"""Keys that the reader fills in itself."""


def _models(root: type[BaseModel], seen: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    seen[root.__name__] = root
    for field in root.model_fields.values():
        for model in _inside(field.annotation):
            if model.__name__ not in seen:
                _models(model, seen)
    return seen


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _inside(part)


MODELS = _models(StandardTable, _models(Pack, {}))


def _section(words: str) -> str:
    """The text below the heading that is or begins with *words*."""
    for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        if heading == words or heading.startswith(f"{words} "):
            return text
    raise AssertionError(f"no section {words}")


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_key_of_the_vocabulary_is_explained(name: str) -> None:
    section, common = _section(_HEADINGS[name]), _section(COMMON)
    shared = {*Cited.model_fields, *Scoped.model_fields} if issubclass(MODELS[name], Cited) else set()
    unexplained = []
    for key, field in MODELS[name].model_fields.items():
        written = field.alias or key
        text = common if key in shared else section
        if f"`{written}`" not in text and written not in _NOT_WRITTEN.get(name, set()):
            unexplained.append(written)
    assert unexplained == []


def test_every_table_of_the_vocabulary_is_exported() -> None:
    assert set(MODELS) <= set(vars(vocabulary))


def test_every_measure_is_explained() -> None:
    assert [name for name in get_args(Measure) if f"`{name}`" not in GUIDE] == []


def test_the_examples_of_the_guide_are_valid() -> None:
    examples = re.findall(r"```toml\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert len(examples) == 2
    for text in examples:
        assert [fault.text() for fault in pack_faults(text, "例")] == []


def test_every_open_point_is_decided() -> None:
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", DECISIONS, flags=re.MULTILINE)]
    assert numbers[:26] == list(range(1, 27))
    for part in re.split(r"^## ", DECISIONS, flags=re.MULTILINE)[1:27]:
        assert "**决定**" in part, part.splitlines()[0]
        assert "**见**" in part, part.splitlines()[0]


def test_decisions_name_packs_that_exist() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)*-20\d\d)`", DECISIONS))
    assert named
    assert named <= set(pack_ids())


def test_decisions_point_at_what_stands_in_the_packs() -> None:
    known = {word for pack_id in pack_ids() for word in _words(pack_table(pack_id))}
    named = set(re.findall(r"`\"?\[*([a-z_0-9]+)\]*\"?`", DECISIONS))
    assert named
    assert sorted(named - known) == []


def _words(node: Any) -> Iterator[str]:
    """Every key and every text of a parsed pack."""
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from _words(value)
    elif isinstance(node, list):
        for value in node:
            yield from _words(value)
    else:
        yield str(node)


@pytest.mark.parametrize("name", ["aid_item", "school_stage", "income_kind", "vehicle_use", "asset_kind"])
def test_the_guide_lists_the_codes_that_exist(name: str) -> None:
    codes = [option.code for option in option_list(name).current()]
    assert [code for code in codes if not re.search(rf"`{code}`", GUIDE)] == []
