"""What changes from one version of a pack to another: every figure, and every rule that comes, goes or reads otherwise."""

from collections.abc import Iterator

from db.domain.policy.book import LoadedPack
from db.domain.policy.pack import Pack, Part
from db.services.policy_figures import figure_differences

_KINDS = {
    "level": "档案级别",
    "hardship_class": "认定类别",
    "gate": "先决条件",
    "exclusion": "排除情形",
    "caution": "提醒",
    "aid": "救助项目",
    "aid_total": "合计上限",
    "stacking": "叠加规定",
    "aid_order": "救助次序",
    "window": "办理时间",
    "period": "期限",
    "deadline": "截止日期",
    "evidence": "材料",
    "quota": "名额",
    "duty": "定期工作",
    "target": "目标",
    "named_list": "清单",
    "step": "步骤",
    "statement": "规定",
}


def pack_differences(before: LoadedPack, after: LoadedPack) -> list[str]:
    """The differences in sentences, figures first; empty where the two say the same."""
    figures = figure_differences(before, after)
    old, new = dict(_named_parts(before.pack)), dict(_named_parts(after.pack))
    lines = [f"新增{kind}：{name}" for kind, name in new if (kind, name) not in old]
    lines += [f"取消{kind}：{name}" for kind, name in old if (kind, name) not in new]
    for (kind, name), part in new.items():
        known = old.get((kind, name))
        # a figure that changed has been told with both its values
        if known is not None and known != part and not any(name in line for line in figures):
            lines.append(f"改写{kind}：{name}（条件或条文有改动，请对照文件）")
    return [*figures, *lines]


def _named_parts(pack: Pack) -> Iterator[tuple[tuple[str, str], Part]]:
    """Every rule of a pack by what it is and how a clerk calls it; equal names are numbered."""
    seen: dict[tuple[str, str], int] = {}
    for key, kind in _KINDS.items():
        for part in getattr(pack, key):
            name = _name(part)
            seen[kind, name] = number = seen.get((kind, name), 0) + 1
            yield (kind, name if number == 1 else f"{name}（{number}）"), part


def _name(part: Part) -> str:
    """How a clerk calls a rule; one without a name is known by where it stands."""
    for key in ("label", "text", "clause"):
        name = getattr(part, key, "")
        if name:
            return name if len(name) <= 40 else f"{name[:39]}…"
    return ""
