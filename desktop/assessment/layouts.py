"""Emptying layouts whose lines are made anew with every result."""

from PySide6.QtWidgets import QLayout, QLayoutItem


def clear_item(item: QLayoutItem) -> None:
    """Let go of a widget, or of every widget of a line, that was taken out of its layout."""
    widget, inner = item.widget(), item.layout()
    if widget is not None:
        widget.hide()
        widget.deleteLater()
    elif inner is not None:
        clear(inner)


def clear(layout: QLayout) -> None:
    """Empty *layout*."""
    while item := layout.takeAt(0):
        clear_item(item)


def clear_below(layout: QLayout, kept: int = 1) -> None:
    """Empty *layout* but for its first *kept* items, such as the title of a card."""
    while item := layout.takeAt(kept):
        clear_item(item)
