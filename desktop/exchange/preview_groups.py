"""What a received package brings, grouped the way the clerk decides: new, changed, same, possibly double, set aside."""

from dataclasses import dataclass

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.change_diff import Change
from db.domain.field_kinds import format_value
from db.services.exchange import BundlePreview, DuplicatePerson, Outcome, PreviewItem
from desktop import theme

SET_ASIDE = (Outcome.OLDER, Outcome.CONFLICT, Outcome.REFUSED)


@dataclass(frozen=True)
class Group:
    """One line of the left list."""

    caption: str
    items: list[PreviewItem]
    ink: str
    unlisted: int = 0
    """Households that belong here but come without particulars."""

    @property
    def count(self) -> int:
        """Number of households."""
        return len(self.items) + self.unlisted

    @property
    def empty_sentence(self) -> str:
        """What to say in place of a list."""
        return f"{self.unlisted:,} 户的这一版上级已经收到，读入后标为“上级已收”。" if self.unlisted else "这一类里没有档案。"


def groups_of(preview: BundlePreview) -> list[Group]:
    """The groups of a package of archives or of a receipt."""
    if preview.kind == "receipt":
        return [
            Group("上级已收", [], theme.GREEN_INK, preview.acknowledged_count),
            Group("上级没有采用", preview.items, theme.RED),
        ]
    merged = preview.with_outcome(Outcome.MERGED)
    return [
        Group("新增", preview.with_outcome(Outcome.NEW), theme.GREEN_INK),
        Group("有变化", preview.with_outcome(Outcome.CHANGED), theme.ACTION),
        *([Group("两边都改过", merged, theme.AMBER_INK)] if merged else []),
        Group("没有变化", preview.with_outcome(Outcome.SAME), theme.SECONDARY),
        Group("可能重复", preview.with_outcome(Outcome.DUPLICATE), theme.AMBER_INK),
        Group("不采用", preview.with_outcome(*SET_ASIDE), theme.RED),
    ]


def stored_count(preview: BundlePreview) -> int:
    """How many households receiving the package writes."""
    return len(preview.with_outcome(Outcome.NEW, Outcome.CHANGED, Outcome.MERGED, Outcome.DUPLICATE))


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
    return [_line(change, taken) for change in item.changes] + [_fact(item, key) for key in item.facts if item.is_new]


def _fact(item: PreviewItem, key: str) -> Line:
    spec = ARCHIVE_FORM.field(key)
    return Line(spec.label, "--", format_value(spec, item.facts[key]) or "--", "新增")


def headline_of(item: PreviewItem) -> str:
    """Name, masked ID number and category, as far as the package tells."""
    parts = [item.name or "--"]
    for key in ("id_number", "hardship_category"):
        if item.facts.get(key):
            parts.append(format_value(ARCHIVE_FORM.field(key), item.facts[key], masked=True))
    return "　".join(parts)


def _line(change: Change, taken: bool) -> Line:
    return Line(change.label, change.old_text or "--", change.new_text or "--", "采用本包" if taken else "不采用")


def duplicates_of(item: PreviewItem) -> str:
    """Who of the household stands in another archive, one sentence each."""
    return "\n".join(_duplicate_sentence(other) for other in item.duplicates)


def _duplicate_sentence(other: DuplicatePerson) -> str:
    return f"{other.person}已在档案 {other.archive_number}（户主{other.head_name}，{other.office_name}）里，请核对是否同一户。"


_SENTENCES = {
    Outcome.NEW: "本单位还没有这份档案，写入后就在档案列表里。",
    Outcome.SAME: "与本单位已有的完全一样，不用写入。",
    Outcome.CHANGED: "写入后以本包为准，原来的内容留在变更记录里。",
    Outcome.DUPLICATE: "可能重复，照常写入。",
    Outcome.MERGED: "两边都改过，自动合并，两边的历史都留着。",
}


def sentence_of(item: PreviewItem, receipt: bool) -> str:
    """What becomes of the household, in a sentence."""
    if receipt:
        return item.reason or "上级已收到这一版。"
    return item.reason or _SENTENCES.get(item.outcome, "")
