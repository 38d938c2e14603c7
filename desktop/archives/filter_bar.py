"""Filters of the archive list: text and four or five lists; what is set is said and can be cleared at once."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from db.domain.option_lists import option_list
from db.services.archiving import (
    HIDDEN_LABELS,
    SUBMISSION_LABELS,
    WAITING_LABELS,
    ArchiveQuery,
    Hidden,
    Submission,
    Waiting,
)
from db.services.national_entry import NATIONAL_LABELS, NationalState
from desktop import theme
from desktop.widgets.basics import button

TYPING_MS = 150
UNRECEIVED = "unreceived"
"""Whatever the office above does not have as it stands now: never exported, changed since, or still on the way."""
_NATIONAL = {**NATIONAL_LABELS, NationalState.CHANGED: "有改动"}
"""Short enough for a list of its own at the largest font."""


class FilterBar(QWidget):
    """Makes a query out of what is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setPlaceholderText("姓名、拼音首字母、身份证号、电话、编号")
        self.text.setAccessibleName("按文字筛选")
        self.text.setClearButtonEnabled(True)
        self.text.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.category = self._list("困难类别", _options("hardship_category"))
        self.cause = self._list("致困原因", _options("hardship_cause"))
        self.submission = self._list("上报状态", _states())
        self.complete = self._list("资料", [(True, "资料齐全"), (False, "资料未齐")])
        self.office = self._list("单位", [])
        self.national = self._list("全国系统", [(state, _NATIONAL[state]) for state in NationalState])
        self._clear = button("清除筛选", "link", "x", self.clear)
        self._lists = (self.category, self.cause, self.submission, self.complete, self.office, self.national)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 2)
        for combo in self._lists:
            row.addWidget(combo, 1)
        row.addWidget(self._clear)
        self.office.hide()
        self.national.hide()
        self._clear.hide()
        # its place stays free: the filters must not move under the mouse when one of them is set
        policy = self._clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._clear.setSizePolicy(policy)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._on_change)
        # only committed text filters; pinyin on its way does not
        self.text.textChanged.connect(lambda: self._typing.start())

    def _list(self, caption: str, options: Sequence[tuple[Any, str]]) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(caption)
        combo.setMinimumWidth(theme.sp(96))
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        _fill(combo, caption, options)
        combo.currentIndexChanged.connect(lambda: self._on_change())
        return combo

    def show_offices(self, names: dict[str, str]) -> None:
        """Offer offices to choose from, when there is more than one."""
        chosen = self.office.currentData()
        self.office.blockSignals(True)
        _fill(self.office, "单位", sorted(names.items(), key=lambda entry: entry[1]))
        self.office.setCurrentIndex(max(0, self.office.findData(chosen)))
        self.office.blockSignals(False)
        self.office.setVisible(len(names) > 1)

    def offer_national(self, wanted: bool) -> None:
        """Ask about the national system only where somebody types into it."""
        self.national.setVisible(wanted)

    def query(self, order: str, descending: bool) -> ArchiveQuery:
        """What is chosen."""
        return ArchiveQuery(
            text=self.text.text().strip(),
            **_of_state(self.submission.currentData()),
            national=self.national.currentData(),
            complete=self.complete.currentData(),
            hardship_category=self.category.currentData(),
            main_hardship_cause=self.cause.currentData(),
            office_id=self.office.currentData(),
            order=order,
            descending=descending,
        )

    def is_set(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.text.text().strip()) or any(combo.currentIndex() > 0 for combo in self._lists)

    def clear(self) -> None:
        """Show everything again."""
        self.choose()

    def choose(self, **wanted: Any) -> None:
        """Set exactly the filters named, e.g. ``choose(complete=False)``."""
        self.blockSignals(True)
        self.text.setText(str(wanted.pop("text", "")))
        for combo in self._lists:
            combo.setCurrentIndex(0)
        for name, value in wanted.items():
            combo = getattr(self, name)
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self._typing.stop()
        self.blockSignals(False)
        self._on_change()

    def _on_change(self) -> None:
        self._clear.setVisible(self.is_set())
        self.changed.emit()


def _states() -> list[tuple[str, str]]:
    """The states on the way up, with what cuts across them and what stands apart from them."""
    states: list[tuple[str, str]] = [(state, SUBMISSION_LABELS[state]) for state in Submission]
    states.insert(0, (UNRECEIVED, "上级还没收到"))
    return [*states, *WAITING_LABELS.items(), *HIDDEN_LABELS.items()]


def _of_state(state: str | None) -> dict[str, Any]:
    if state is None:
        return {}
    if state == UNRECEIVED:
        return {"unreceived": True}
    for key, kind in (("submission", Submission), ("waiting", Waiting), ("hidden", Hidden)):
        if state in set(kind):
            return {key: kind(state)}
    raise ValueError(state)


def _options(name: str) -> list[tuple[str, str]]:
    return [(option.code, option.label) for option in option_list(name).options]


def _fill(combo: QComboBox, caption: str, options: Sequence[tuple[Any, str]]) -> None:
    combo.clear()
    combo.addItem(caption, None)
    for value, text in options:
        combo.addItem(text, value)
