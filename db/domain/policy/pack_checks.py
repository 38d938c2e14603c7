"""What must hold inside a pack beyond the shape of its parts: names that exist, days in order, nothing twice."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from db.domain import regions
from db.domain.form_schema import FieldKind
from db.domain.means_form import MEANS_FORM
from db.domain.option_lists import option_list
from db.domain.policy import facts
from db.domain.policy.pack import (
    UNSET,
    AidItem,
    AidOrder,
    AidTotal,
    Cap,
    Cited,
    Criterion,
    Evidence,
    Exclusion,
    HardshipClass,
    Means,
    Pack,
    Part,
    Scoped,
    Stacking,
    StandardTable,
    StandardValue,
)

Place = tuple[str | int, ...]
Found = tuple[Place, str]

_NEEDS_THRESHOLD = frozenset(
    {"per_capita_income", "expense_share", "annual_expense", "months_below", "asset_total", "labour_months", "household_size"}
)
_MONEY = frozenset({"standard", "amount"})
_COUNTED = frozenset({"count"})
_COMPARED_WITH = {
    "per_capita_income": _MONEY,
    "annual_expense": _MONEY,
    "asset_total": _MONEY,
    "expense_share": frozenset({"ratio"}),
}
"""What a measure may be compared with; all others count. 元 against a share would silently never hold."""
# parameter → the measures that read it; given elsewhere it would silently do nothing
_READ_BY = {
    "incomes": {"per_capita_income", "expense_share"},
    "deduct": {"per_capita_income", "expense_share", "annual_expense"},
    "gross_of_compensation": {"per_capita_income", "expense_share", "annual_expense"},
    "add": {"per_capita_income", "asset_total"},
    "period": {"per_capita_income"},
    "month_op": {"months_below"},
    "month_threshold": {"months_below"},
    "fact": {"fact", "student_fact"},
    "value": {"fact", "student_fact"},
    "kinds": {"cause", "event", "homes", "vehicles", "businesses"},
    "uses": {"vehicles"},
    "within_months": {"event", "refused_offers"},
    "severe_only": {"event"},
    "fee_multiple": {"costly_schooling"},
    "with_abroad": {"costly_schooling"},
}
_PARAMETER_LISTS = {"incomes": "income_kind", "add": "asset_kind", "uses": "vehicle_use"}
_KIND_LISTS = {
    "cause": "hardship_cause",
    "event": "event_kind",
    "homes": "home_ownership",
    "vehicles": "vehicle_kind",
    "businesses": "business_kind",
}
PURPOSES = frozenset({"purpose:cause", "purpose:accidental"})


def faults_of(part: Part) -> list[Found]:
    """Every fault of a pack or standards table, with its place."""
    if isinstance(part, StandardTable):
        return list(_standard_faults(part))
    assert isinstance(part, Pack)
    return list(_pack_faults(part))


def walk(part: Part, place: Place = ()) -> Iterator[tuple[Place, Part]]:
    """Every part of a pack with its place, the pack itself first."""
    yield place, part
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        key = field.alias or name
        if isinstance(value, Part):
            yield from walk(value, (*place, key))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Part):
                    yield from walk(item, (*place, key, index))


def _pack_faults(pack: Pack) -> Iterator[Found]:
    names = _Names(
        {source.id for source in pack.source},
        {item.code for item in pack.hardship_class},
        {item.code for item in pack.level},
    )
    yield from _doubles(pack)
    yield from _unknown_regions((("regions",), code) for code in pack.regions)
    if pack.ends is not None and pack.ends < pack.begins:
        yield ("ends",), "停止日期早于起始日期"
    for place, part in walk(pack):
        for kind, check in _CHECKS:
            if isinstance(part, kind):
                yield from check(place, part, names)
    if not pack.hardship_class and not pack.aid:
        yield (), "既没有认定类别，也没有救助项目：文件可能不完整"
    if pack.means is None and pack.hardship_class:
        yield ("means",), "有认定类别就要写 [means]：收入怎么算"


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of one pack may refer to."""

    sources: set[str]
    classes: set[str]
    levels: set[str]


def _cited_faults(place: Place, part: Cited, names: _Names) -> Iterator[Found]:
    if part.source not in names.sources:
        yield (*place, "source"), f"没有名为 {part.source} 的文件，请在 [[source]] 里登记"


def _scope_faults(place: Place, part: Scoped, names: _Names) -> Iterator[Found]:
    yield from _unknown(place, "classes", (*part.classes, *part.except_classes), names.classes, "类别")
    yield from _unknown(place, "levels", part.levels, names.levels, "档案级别")


def _class_faults(place: Place, part: HardshipClass, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "category", [part.category] if part.category else [], "hardship_category")
    yield from _not_in_list(place, "causes", part.causes, "hardship_cause")
    if part.level is not None and part.level not in names.levels:
        yield (*place, "level"), f"没有名为 {part.level} 的档案级别"


def _evidence_faults(place: Place, part: Evidence, names: _Names) -> Iterator[Found]:
    codes = [code for papers in part.papers for code in papers.any_of]
    yield from _not_in_list(place, "papers", codes, "document_type")


def _items_faults(place: Place, part: AidTotal | Stacking | AidOrder, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "items", part.items, "aid_item")


def _exclusion_faults(place: Place, part: Exclusion, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "aid_only", part.aid_only, "aid_item")


def _means_faults(place: Place, part: Means, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "incomes", part.incomes, "income_kind")
    ages = (part.impute.male_ages, part.impute.female_ages) if part.impute else ()
    if any(not 0 <= low <= high <= 150 for low, high in ages):
        yield (*place, "impute"), "年龄要从小到大，如 [16, 59]"


def _doubles(pack: Pack) -> Iterator[Found]:
    for key in ("source", "level", "hardship_class", "gate", "exclusion", "caution", "window", "period", "deadline",
                "quota", "duty", "target", "named_list", "statement", "aid_total"):  # fmt: skip
        seen: set[str] = set()
        name = {"hardship_class": "class", "named_list": "list"}.get(key, key)
        for index, item in enumerate(getattr(pack, key)):
            code = getattr(item, "code", None) or item.id
            if code in seen:
                yield (name, index), f"代码 {code} 用了两次"
            seen.add(code)


def _unknown(place: Place, key: str, codes: Iterable[str], known: set[str], what: str) -> Iterator[Found]:
    for code in codes:
        if code not in known:
            yield (*place, key), f"没有名为 {code} 的{what}"


def _not_in_list(place: Place, key: str, codes: Iterable[str], name: str) -> Iterator[Found]:
    known = option_list(name).by_code
    for code in codes:
        if code not in known:
            yield (*place, key), f"选项表 {name} 里没有 {code}"


def _unknown_regions(codes: Iterable[tuple[Place, str]]) -> Iterator[Found]:
    for place, code in codes:
        if not regions.is_known(code):
            yield place, f"行政区划代码 {code} 不在目录里"


def _criterion_faults(place: Place, test: Criterion, names: _Names) -> Iterator[Found]:
    for key in test.model_fields_set & _READ_BY.keys():
        if test.measure not in _READ_BY[key]:
            yield (*place, key), f"{test.measure} 不用 {key}，写了也不起作用"
    if test.measure in _NEEDS_THRESHOLD and test.threshold is None:
        yield (*place, "threshold"), f"{test.measure} 要写界线 threshold"
    yield from _threshold_faults(place, test)
    if test.measure == "months_below" and test.month_threshold is None:
        yield (*place, "month_threshold"), "months_below 要写每月的界线 month_threshold"
    for key, name in _PARAMETER_LISTS.items():
        yield from _not_in_list(place, key, getattr(test, key), name)
    yield from _not_in_list(place, "deduct", (code for code in test.deduct if code not in PURPOSES), "expense_kind")
    if test.measure in _KIND_LISTS:
        yield from _not_in_list(place, "kinds", test.kinds, _KIND_LISTS[test.measure])
    yield from _fact_faults(place, test)


def _threshold_faults(place: Place, test: Criterion) -> Iterator[Found]:
    allowed = _COMPARED_WITH.get(test.measure, _COUNTED)
    if test.threshold is not None and test.threshold.kind not in allowed:
        yield (*place, "threshold"), f"{test.measure} 要和 {'、'.join(sorted(allowed))} 比较"
    if test.threshold is None and test.op != UNSET and "op" in test.model_fields_set:
        yield (*place, "op"), "写了 op，还要写界线 threshold"
    if test.month_threshold is not None and test.month_threshold.kind not in _MONEY:
        yield (*place, "month_threshold"), "每月的界线要写 standard 或 amount"


def _fact_faults(place: Place, test: Criterion) -> Iterator[Found]:
    if test.measure not in {"fact", "student_fact"}:
        return
    section = "household" if test.measure == "fact" else "students"
    specs = {spec.key: spec for part in facts.facts_sections() if part.key == section for spec in part.fields}
    if test.fact not in specs:
        yield (*place, "fact"), f"家庭经济状况里没有 {test.fact}（{MEANS_FORM.by_key[section].title}）"
    elif specs[test.fact].options is None and specs[test.fact].kind is not FieldKind.YES_NO:
        yield (*place, "fact"), f"{test.fact} 不是选择题，也不是是否题，不能直接比对"
    elif (specs[test.fact].options is None) != isinstance(test.value, bool):
        yield (*place, "value"), "是否题写 true 或 false，选择题写选项代码"
    elif specs[test.fact].options is not None:
        yield from _not_in_list(place, "value", [str(test.value)], str(specs[test.fact].options))


def _aid_faults(place: Place, aid: AidItem, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "item", [aid.item], "aid_item")
    yield from _not_in_list(place, "stages", aid.stages, "school_stage")
    known = {spec.key for spec in MEANS_FORM.by_key["household"].fields}
    if aid.nothing_if is not None and aid.nothing_if not in known:
        yield (*place, "nothing_if"), f"家庭情况里没有 {aid.nothing_if}"


def _cap_faults(place: Place, cap: Cap, names: _Names) -> Iterator[Found]:
    yield from _not_in_list(place, "costs", cap.costs, "expense_kind")
    for amount in cap.amounts:
        yield from _unknown(place, "amounts", amount.classes, names.classes, "类别")
        yield from _not_in_list(place, "amounts", amount.stages, "school_stage")
    overs = [bracket.over for bracket in cap.brackets if bracket.over is not None]
    if overs != sorted(set(overs)):
        yield (*place, "brackets"), "各档的起点要从小到大，不能重复"


_CHECKS: tuple[tuple[type[Part], Callable[[Place, Any, _Names], Iterator[Found]]], ...] = (
    (Cited, _cited_faults),
    (Scoped, _scope_faults),
    (Criterion, _criterion_faults),
    (AidItem, _aid_faults),
    (HardshipClass, _class_faults),
    (Evidence, _evidence_faults),
    (Exclusion, _exclusion_faults),
    (AidTotal, _items_faults),
    (Stacking, _items_faults),
    (AidOrder, _items_faults),
    (Cap, _cap_faults),
    (Means, _means_faults),
)


def _standard_faults(table: StandardTable) -> Iterator[Found]:
    sources = {source.id for source in table.source}
    for index, value in enumerate(table.value):
        place: Place = ("value", index)
        yield from _unknown_regions(((*place, "regions"), code) for code in value.regions)
        if value.source not in sources:
            yield (*place, "source"), f"没有名为 {value.source} 的文件，请在 [[source]] 里登记"
        if value.amount is None:
            yield (*place, "amount"), "标准要写数字"
        if value.ends is not None and value.ends < value.begins:
            yield (*place, "ends"), "停止日期早于起始日期"
        for other in table.value[:index]:
            if _clash(value, other):
                region = next(code for code in value.regions if code in other.regions)
                yield place, f"{region} 在 {value.begins} 已有一个标准，同一天不能有两个"


def _clash(one: StandardValue, other: StandardValue) -> bool:
    same_area = one.area == other.area or "any" in {one.area, other.area}
    return same_area and one.begins == other.begins and bool(set(one.regions) & set(other.regions))
