"""Cascading choice of an administrative division: province, prefecture, county, township."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from db.domain import regions
from desktop.widgets.basics import label
from desktop.widgets.filter_combo import FilterCombo

CAPTIONS = ("省、自治区、直辖市", "市、州、地区", "县、市、区", "乡镇、街道")


class RegionPicker(QWidget):
    """One filtering list per level; the deepest choice is the value."""

    changed = Signal(str)

    def __init__(self, depth: int = 4, required: int = 0) -> None:
        super().__init__()
        self._depth, self._required = depth, required or depth
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._captions = [label(caption) for caption in CAPTIONS]
        self.levels = [FilterCombo() for _ in CAPTIONS]
        for at, (caption, combo) in enumerate(zip(self._captions, self.levels, strict=True)):
            grid.addWidget(caption, at // 2 * 2, at % 2)
            grid.addWidget(combo, at // 2 * 2 + 1, at % 2)
            combo.setAccessibleName(CAPTIONS[at])
            combo.changed.connect(lambda code, level=at: self._on_choice(level, code))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.levels[0].set_options(regions.children_of(""))
        self.set_depth(depth, required)

    def set_depth(self, depth: int, required: int = 0) -> None:
        """Offer the first *depth* levels, of which the first *required* (all without it) must be chosen."""
        self._depth, self._required = depth, required or depth
        for at, (caption, combo) in enumerate(zip(self._captions, self.levels, strict=True)):
            caption.setVisible(at < depth)
            combo.setVisible(at < depth)
        self.changed.emit(self.code())

    def code(self) -> str:
        """Code of the deepest level chosen, empty when nothing is."""
        chosen = [combo.value() for combo in self.levels[: self._depth]]
        return next((code for code in reversed(chosen) if code), "")

    def is_complete(self) -> bool:
        """Whether every required level is chosen, as far as the table knows any divisions there."""
        return self.first_gap() is None

    def first_gap(self) -> FilterCombo | None:
        """The first level that must still be chosen."""
        required = self.levels[: self._required]
        return next((combo for combo in required if not combo.value() and combo.has_options()), None)

    def set_code(self, code: str) -> None:
        """Choose *code* and what lies above it."""
        chain: list[str] = []
        while code:
            chain.insert(0, code)
            code = regions.parent_of(code)
        for at, part in enumerate(chain[: len(self.levels)]):
            self.levels[at].set_value(part)
            self._fill_below(at, part)
        self.changed.emit(self.code())

    def _on_choice(self, level: int, code: str | None) -> None:
        self._fill_below(level, code)
        self.changed.emit(self.code())

    def _fill_below(self, level: int, code: str | None) -> None:
        for deeper in self.levels[level + 1 :]:
            deeper.set_value(None)
            deeper.set_options([])
        if level + 1 < len(self.levels) and code:
            self.levels[level + 1].set_options(regions.children_of(code))
