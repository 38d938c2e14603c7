"""What a received package brings, grouped the way the clerk decides: new, changed, same, possibly double, set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.change_diff import Change
from db.services.exchange import BundlePreview, DuplicatePerson, Outcome, PreviewItem
from desktop import theme

SET_ASIDE = (Outcome.OLDER, Outcome.CONFLICT, Outcome.REFUSED)


@dataclass(frozen=True)
class Group:
    """One line of the left list."""

    caption: str
    items: list[PreviewItem]
    ink: str

    @property
    def count(self) -> int:
        """Number of households."""
        return len(self.items)


def groups_of(preview: BundlePreview) -> list[Group]:
    """The groups of a package of archives or of a receipt."""
    if preview.kind == "receipt":
        acknowledged = [item for item in preview.items if item.outcome not in SET_ASIDE]
        return [
            Group("上级已收", acknowledged, theme.GREEN_INK),
            Group("上级没有采用", preview.with_outcome(*SET_ASIDE), theme.RED),
        ]
    return [
        Group("新增", preview.with_outcome(Outcome.NEW), theme.GREEN_INK),
        Group("有变化", preview.with_outcome(Outcome.CHANGED), theme.ACTION),
        Group("没有变化", preview.with_outcome(Outcome.SAME), theme.SECONDARY),
        Group("可能重复", preview.with_outcome(Outcome.DUPLICATE), theme.AMBER_INK),
        Group("不采用（有问题）", preview.with_outcome(*SET_ASIDE), theme.RED),
    ]


def stored_count(preview: BundlePreview) -> int:
    """How many households receiving the package writes."""
    return len(preview.with_outcome(Outcome.NEW, Outcome.CHANGED, Outcome.DUPLICATE))


@dataclass(frozen=True)
class Line:
    """One line of the detail table."""

    caption: str
    here: str
    package: str
    treatment: str


def lines_of(item: PreviewItem) -> list[Line]:
    """Field by field what the package changes in one household."""
    taken = item.outcome not in SET_ASIDE
    return [_line(change, taken) for change in item.changes] + [_duplicate_line(other) for other in item.duplicates]


def _line(change: Change, taken: bool) -> Line:
    return Line(change.label, change.old_text or "--", change.new_text or "--", "采用本包" if taken else "不采用")


def _duplicate_line(other: DuplicatePerson) -> Line:
    here = f"{other.archive_number}　户主 {other.head_name}（{other.office_name}）"
    return Line(f"{other.person} 已在另一份档案里", here, "", "写入后请核对")


_SENTENCES = {
    Outcome.NEW: "本单位还没有这份档案，写入后就在档案列表里。",
    Outcome.SAME: "与本单位已有的完全一样，不用写入。",
    Outcome.CHANGED: "写入后以本包为准，原来的内容留在变更记录里。",
    Outcome.DUPLICATE: "可能与另一份档案重复：照常写入，请随后核对是否同一户。",
}


def sentence_of(item: PreviewItem, receipt: bool) -> str:
    """What becomes of the household, in a sentence."""
    if receipt:
        return item.reason or "上级已收到这一版。"
    return item.reason or _SENTENCES.get(item.outcome, "")


def names_of(items: Sequence[PreviewItem], limit: int = 3) -> str:
    """The first names, for a warning."""
    names = "、".join(item.name for item in items[:limit])
    return f"{names}等 {len(items)} 户" if len(items) > limit else names
