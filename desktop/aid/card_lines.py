"""Lines of a card of the tab 救助: what there is to say of one below its words, and taking them all out again."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop import theme
from desktop.assessment.layouts import clear_item
from desktop.widgets.basics import Card, label


def below(head: QHBoxLayout, *texts: str) -> QVBoxLayout:
    """What there is to say of a line, below its words."""
    shown = QVBoxLayout()
    shown.setSpacing(2)
    shown.addLayout(head)
    for text in filter(None, texts):
        row = QHBoxLayout()
        row.addSpacing(theme.sp(28))
        row.addWidget(label(text, "secondary", wrap=True), 1)
        shown.addLayout(row)
    return shown


def empty(card: Card) -> None:
    """Everything below the card's title."""
    while card.body.count() > 1:
        item = card.body.takeAt(1)
        if item is not None:
            clear_item(item)
