"""Why an archive came back, one reason to a line, each with the way to the field it is about."""

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from db.domain.review import Reason
from desktop import theme
from desktop.context import WindowActions
from desktop.review.jump import jump_to_reason
from desktop.widgets.basics import Icon, button, label


def reason_line(window: WindowActions, archive_id: str, reason: Reason, can_jump: bool = True) -> QWidget:
    """One reason in words; the button leads to its field."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    line.addWidget(Icon("circle-alert", theme.AMBER, 18))
    line.addWidget(label(reason.words, wrap=True), 1)
    if can_jump:
        go = button("去改", "link", act=lambda: jump_to_reason(window, archive_id, reason))
        go.setAccessibleName(f"去改：{reason.words}")
        line.addWidget(go)
    return made


def first_place(reasons: Iterable[Reason]) -> Reason | None:
    """The first reason that names a place."""
    return next((reason for reason in reasons if reason.field), None)


def clear(layout: QLayout) -> None:
    """Take every widget out of *layout*."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
