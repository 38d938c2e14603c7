"""The figures of a policy pack as a county may see and change them: each by its path, named in Chinese, with its clause.

A path names the parts of a pack by their codes (``class.deep.route.1.test.2.threshold.times``); what has no code of
its own, or shares it with another part, is counted from 1.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain.option_lists import option_list
from db.domain.policy import pack as parts
from db.domain.policy.book import TOPICS, LoadedPack
from db.domain.policy.pack import UNSET, Cited, Pack, Part
from db.domain.policy.pack_checks import walk

Place = tuple[str | int, ...]


class FigureKind(StrEnum):
    """How a figure is written."""

    NUMBER = "number"
    WHOLE = "whole"
    OPERATOR = "operator"
    CHOICE = "choice"
    """One of some codes, shown by their labels."""
    CHOICES = "choices"
    """Any number of some codes, written as their labels."""
    DAY = "day"
    MONTH_DAY = "month_day"
    AGES = "ages"
    TEXT = "text"


OPERATOR_LABELS = {"<": "低于", "<=": "不超过", ">": "高于", ">=": "不低于", "==": "等于"}
_CHOICES = {"op": tuple(OPERATOR_LABELS), "month_op": ("<", "<=")}
_YEARS = {"previous_calendar_year": "申请年的上一年度", "application_year": "申请的当年"}
_DEDUCTIONS = {"tax": "所得税", "social_insurance": "五险一金"}
NOTHING = "不扣除"
"""How it is written that nothing is taken off the wage."""
_DAY_KINDS = {"working": "工作日", "calendar": "自然日"}


def choice_labels(name: str) -> dict[str, str]:
    """Codes and labels of what a CHOICE or CHOICES figure may say."""
    if name == "incomes":
        return {code: option.label for code, option in option_list("income_kind").by_code.items()}
    return {"year": _YEARS, "net_of": _DEDUCTIONS, "day_kind": _DAY_KINDS}.get(name, {})


@dataclass(frozen=True, slots=True)
class EditableFigure:
    """One figure of a pack. *value_text* is what the file says, empty where the document leaves it open.

    *is_cited*: whether a change needs document and clause; *source* is the id of the document it rests on now.
    """

    path: str
    label: str
    value_text: str
    unit: str
    source: str
    clause: str
    group: str
    kind: FigureKind
    citation: str = ""
    question: str = ""
    is_unset: bool = False
    is_cited: bool = True
    choices: tuple[str, ...] = ()
    """The operators that may stand here; empty for other kinds."""
    place: Place = ()
    cited_place: Place = ()


@dataclass(frozen=True, slots=True)
class UnsetFigure:
    """A figure that the document leaves open, with the question to ask whoever may decide."""

    path: str
    question: str
    where: str


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    words: str
    unit: str
    kind: FigureKind = FigureKind.NUMBER


_FIELDS: dict[type[Part], tuple[_Field, ...]] = {
    Pack: (_Field("where", "到哪里办理（印在明白纸上）", "", FigureKind.TEXT),),
    parts.Criterion: (
        _Field("op", "怎么比", "", FigureKind.OPERATOR),
        _Field("month_op", "每月怎么比", "", FigureKind.OPERATOR),
        _Field("within_months", "期限", "个月", FigureKind.WHOLE),
        _Field("fee_multiple", "收费为公办学校的", "倍"),
    ),
    parts.Means: (
        _Field("incomes", "算哪些收入", "", FigureKind.CHOICES),
        _Field("net_of", "从工资里扣除", "", FigureKind.CHOICES),
        _Field("year", "算哪一年的收入", "", FigureKind.CHOICE),
    ),
    parts.ImputedWage: (
        _Field("male_ages", "男，推算收入的年龄", "周岁", FigureKind.AGES),
        _Field("female_ages", "女，推算收入的年龄", "周岁", FigureKind.AGES),
        _Field("months", "推算月数", "个月", FigureKind.WHOLE),
    ),
    parts.Near: (_Field("margin", "超出界线多少以内算接近", "（1 为全部，0.1 为一成）"),),
    parts.Bracket: (_Field("over", "起点", "元"), _Field("share", "按多少比例", "（1 为全部，0.5 为一半）")),
    parts.FixedAmount: (_Field("amount", "金额", "元"),),
    parts.Cap: (_Field("months", "月数", "个月"),),
    parts.Approval: (_Field("above", "超过多少须批准", "元"), _Field("by", "由谁批准", "", FigureKind.TEXT)),
    parts.Window: (
        _Field("opens", "开始", "", FigureKind.MONTH_DAY),
        _Field("closes", "截止", "", FigureKind.MONTH_DAY),
    ),
    parts.Period: (_Field("months", "期限", "个月"),),
    parts.Deadline: (
        _Field("day", "每年截止日", "", FigureKind.MONTH_DAY),
        _Field("on", "截止日", "", FigureKind.DAY),
    ),
    parts.Notice: (
        _Field("days", "公示天数", "天"),
        _Field("day_kind", "天数怎么算", "", FigureKind.CHOICE),
        _Field("where", "在哪里公示", "", FigureKind.TEXT),
    ),
    parts.Quota: (_Field("limit", "名额", ""),),
    parts.Duty: (_Field("every_months", "每几个月", "个月", FigureKind.WHOLE), _Field("times", "次数", "次", FigureKind.WHOLE)),
    parts.Target: (_Field("rate", "目标值", ""),),
}
_THRESHOLDS = {
    "standard": _Field("times", "标准的倍数", "倍"),
    "amount": _Field("amount", "金额", "元"),
    "ratio": _Field("ratio", "比例", "（1 为全部）"),
    "count": _Field("count", "数量", ""),
}
_SECTIONS = {
    "": "这份政策",
    "means": "收入计算",
    "near": "不符合但接近",
    "class": "认定类别",
    "gate": "前提条件",
    "exclusion": "不予建档的情形",
    "caution": "要留意的情形",
    "aid": "帮扶项目",
    "aid_total": "合计上限",
    "window": "办理时段",
    "period": "期限",
    "deadline": "截止日期",
    "notice": "公示",
    "evidence": "佐证材料",
    "quota": "名额",
    "duty": "经常要做的",
    "target": "要达到的",
}
_MEASURES = {
    "per_capita_income": "人均收入",
    "expense_share": "支出占收入",
    "annual_expense": "全年支出",
    "months_below": "连续低于标准的月数",
    "asset_total": "财产",
    "event": "意外和突发事件",
    "labour_proof": "劳动关系证明",
    "labour_months": "劳动关系月数",
    "homes": "住房套数",
    "vehicles": "车辆等件数",
    "businesses": "经营项目数",
    "costly_schooling": "高收费就学",
    "refused_offers": "拒绝就业推荐次数",
    "household_size": "家庭人口",
}
_FORMULAS = {
    "months_of_standard": "几个月的标准",
    "fixed": "固定金额",
    "share_of_cost": "按费用的比例",
    "actual_cost": "实际费用",
    "local_standard": "当地标准",
}


def figures(loaded: LoadedPack) -> tuple[EditableFigure, ...]:
    """Every figure of a pack that may be changed, in the order of the vocabulary."""
    table = tomllib.loads(loaded.text)
    tree = dict(walk(loaded.pack))
    names = _step_names(tree)
    return tuple(
        _figure(loaded.pack, tree, names, table, place, entry)
        for place, part in tree.items()
        for entry in _fields_of(part)
        if _is_stated(part, entry)
    )


def open_questions(loaded: LoadedPack) -> list[UnsetFigure]:
    """What the documents of a pack leave open: each stops an assessment with its question until it is set."""
    return [
        UnsetFigure(item.path, item.question, f"{item.group} · {item.label}（{item.citation}）")
        for item in figures(loaded)
        if item.is_unset
    ]


def figures_by_path(loaded: LoadedPack) -> dict[str, EditableFigure]:
    """The figures of a pack by path."""
    return {item.path: item for item in figures(loaded)}


def figure_text(figure: EditableFigure) -> str:
    """The figure for people: ``1.5 倍低保标准``, ``不超过``, ``没有写明``."""
    if figure.is_unset or not figure.value_text:
        return "没有写明"
    if figure.kind is FigureKind.OPERATOR:
        return OPERATOR_LABELS.get(figure.value_text, figure.value_text)
    if figure.kind is FigureKind.CHOICE:
        return choice_labels(str(figure.place[-1])).get(figure.value_text, figure.value_text)
    return f"{figure.value_text} {figure.unit}".strip()


def figure_differences(before: LoadedPack, after: LoadedPack) -> list[str]:
    """What changed from one version to another, figure by figure, in sentences."""
    old, new = figures_by_path(before), figures_by_path(after)
    changed = {item.cited_place for path, item in new.items() if path in old and figure_text(old[path]) != figure_text(item)}
    lines = []
    for path, figure in new.items():
        name, known = f"{figure.group} · {figure.label}", old.get(path)
        basis = f"，依据{figure.citation}" if figure.citation else ""
        if known is None:
            lines.append(f"新增 {name}：{figure_text(figure)}{basis}")
        elif figure_text(known) != figure_text(figure):
            lines.append(f"{name}：由 {figure_text(known)} 改为 {figure_text(figure)}{basis}")
        elif known.citation != figure.citation and figure.cited_place not in changed:
            lines.append(f"{name}：仍为 {figure_text(figure)}{basis}")
    return [*lines, *(f"取消 {item.group} · {item.label}" for path, item in old.items() if path not in new)]


def _fields_of(part: Part) -> Iterator[_Field]:
    if isinstance(part, parts.Threshold):
        yield _THRESHOLDS[part.kind]
    else:
        yield from _FIELDS.get(type(part), ())


def _is_stated(part: Part, entry: _Field) -> bool:
    """Whether the pack says something here; an operator only matters where there is something to compare with."""
    if isinstance(part, parts.Threshold | Pack | parts.Means | parts.Notice):
        return True
    if entry.kind is FigureKind.OPERATOR:
        assert isinstance(part, parts.Criterion)
        return (part.threshold if entry.name == "op" else part.month_threshold) is not None or _is_open_operator(part, entry)
    return entry.name in part.model_fields_set or entry.name == "times"


def _is_open_list(part: Part, entry: _Field, value: Any) -> bool:
    """Whether an empty list means that nobody has said yet, rather than none."""
    return entry.kind is FigureKind.CHOICES and not value and isinstance(part, parts.Means) and part.is_unset


def _is_open_operator(part: parts.Criterion, entry: _Field) -> bool:
    return bool(getattr(part, entry.name) == UNSET)


def _figure(
    pack: Pack, tree: dict[Place, Part], names: dict[Place, str], table: Any, place: Place, entry: _Field
) -> EditableFigure:
    above = [place[:length] for length in range(len(place), 0, -1) if place[:length] in tree]
    cited_place = next((each for each in above if isinstance(tree[each], Cited)), None)
    cited = None if cited_place is None else tree[cited_place]
    assert cited is None or isinstance(cited, Cited)
    value = value_at(table, (*place, entry.name))
    if value is None:
        value = getattr(tree[place], entry.name)
    is_unset = value == UNSET or _is_open_list(tree[place], entry, value)
    text = "" if is_unset else _text_of(entry, value)
    group, label = _words(tree, place, entry)
    question = next((asked for each in above if (asked := str(getattr(tree[each], "question", "")))), "")
    return EditableFigure(
        path=".".join([*(names[place[:length]] for length in range(1, len(place) + 1)), entry.name]),
        label=label,
        value_text=text,
        unit=_unit(tree, place, entry),
        source=cited.source if cited else "",
        clause=cited.clause if cited else "",
        group=group,
        kind=entry.kind,
        citation=pack.citation(cited) if cited else "",
        question=question or f"请确定“{label}”。",
        is_unset=is_unset,
        is_cited=cited is not None,
        choices=_CHOICES.get(entry.name) or tuple(choice_labels(entry.name)),
        place=(*place, entry.name),
        cited_place=cited_place or (),
    )


def value_at(table: Any, place: Place) -> Any:
    """The value at *place* of a parsed TOML document; None where the document does not write it."""
    for step in place:
        if isinstance(step, str) and step not in table:
            return None
        table = table[step]
    return table


def _text_of(entry: _Field, value: Any) -> str:
    if entry.kind is FigureKind.CHOICES:
        labels = choice_labels(entry.name)
        return "、".join(labels.get(str(code), str(code)) for code in value) or NOTHING
    return value_words(value)


def value_words(value: Any) -> str:
    """A figure as text: as in the file, a pair of ages as ``16-59``."""
    if isinstance(value, list | tuple):
        return "-".join(str(item) for item in value)
    return str(value)


# -- names and words ----------------------------------------------------------------------------------------------


def _code(part: Part | None) -> str:
    for key in ("code", "item", "case", "id"):
        if isinstance(value := getattr(part, key, None), str):
            return value
    return ""


def _step_names(tree: dict[Place, Part]) -> dict[Place, str]:
    """What each step of a place is called in a path."""
    uses: dict[tuple[Place, str], int] = {}
    for place, part in tree.items():
        key = (place[:-1], _code(part))
        uses[key] = uses.get(key, 0) + 1
    names: dict[Place, str] = {}
    for place, part in tree.items():
        for length in range(1, len(place) + 1):
            names.setdefault(place[:length], str(place[length - 1]))
        if place and isinstance(place[-1], int):
            code = _code(part)
            names[place] = code if code and uses[(place[:-1], code)] == 1 else str(place[-1] + 1)
    return names


def _words(tree: dict[Place, Part], place: Place, entry: _Field) -> tuple[str, str]:
    """Group and label: the section with its part, and what leads down from there to the figure."""
    chain = [place[:length] for length in range(1, len(place) + 1) if place[:length] in tree]
    section = _SECTIONS.get(str(place[0]) if place else "", str(place[0]) if place else "")
    heads = [_part_words(tree, each) for each in chain]
    group = f"{section}：{heads[0]}" if heads and heads[0] else section
    inner = dict.fromkeys(words for words in heads[1:] if words)  # a route often says what its only test says
    return group, " · ".join([*inner, entry.words])


def _part_words(tree: dict[Place, Part], place: Place) -> str:
    part = tree[place]
    if isinstance(part, parts.Criterion):
        return part.label or _MEASURES.get(part.measure, part.measure)
    if isinstance(part, parts.Threshold):
        return "每月界线" if place[-1] == "month_threshold" else ""
    if isinstance(part, parts.Route):
        return part.label or ("" if _is_only(tree, place) else f"第 {int(place[-1]) + 1} 种情形")
    if isinstance(part, parts.Cap):
        words = part.label or _FORMULAS[part.formula]
        return words if _is_only(tree, place) else f"上限 {int(place[-1]) + 1}：{words}"
    if isinstance(part, parts.FixedAmount):
        return _fixed_words(tree, part)
    if isinstance(part, parts.Bracket):
        return f"第 {int(place[-1]) + 1} 档"
    return str(getattr(part, "label", "") or getattr(part, "text", ""))


def _is_only(tree: dict[Place, Part], place: Place) -> bool:
    return (*place[:-1], 1) not in tree


def _fixed_words(tree: dict[Place, Part], amount: parts.FixedAmount) -> str:
    pack = tree[()]
    assert isinstance(pack, Pack)
    labels = {item.code: item.label for item in pack.hardship_class}
    stages = option_list("school_stage")
    return "、".join([*(labels[code] for code in amount.classes), *(stages.label(code) for code in amount.stages)])


def _unit(tree: dict[Place, Part], place: Place, entry: _Field) -> str:
    part = tree[place]
    if isinstance(part, parts.Threshold):
        if part.kind == "standard":
            return f"倍{TOPICS.get(str(part.standard), '标准')}"
        test = tree[place[:-1]]
        if part.kind == "amount" and isinstance(test, parts.Criterion) and test.measure == "per_capita_income":
            return "元每人每月" if part.per == "month" else "元每人每年"
    if isinstance(part, parts.Notice):
        return "个工作日" if part.day_kind == "working" else "天"
    if isinstance(part, parts.Quota):
        return part.per
    return entry.unit
