"""The explanation: a card per class and subject, each line with its sign, its figures and the clause behind it."""

import re
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db.domain.means_form import MEANS_FORM
from db.domain.policy.assessment import Assessment, ClassResult, Missing
from db.domain.policy.explanation import Paragraph, Sentence
from desktop import theme
from desktop.assessment.case import class_paragraphs, other_paragraphs
from desktop.assessment.tones import TONE_SIGNS, TONE_WORDS
from desktop.widgets.basics import Icon, button, label

_DOCUMENT = re.compile(r"^(《.+?》(?:（[^）]*〔[^）]*）)?)(.*)$", re.DOTALL)


def split_citation(citation: str) -> tuple[str, str]:
    """Document and clause of a citation."""
    found = _DOCUMENT.match(citation)
    return (found[1], found[2]) if found else ("", citation)


def main_document(assessment: Assessment) -> str:
    """The document most lines rest on: said once above, the lines then name the clause only."""
    names = [split_citation(item.citation)[0] for item in assessment.classes] or [
        split_citation(item.citation)[0] for item in assessment.caps
    ]
    return max(set(names), key=names.count) if names else ""


class SentenceLine(QWidget):
    """One line: sign, sentence, clause in small below."""

    def __init__(self, sentence: Sentence, document: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        # a line that only names a way into the class stands as a small heading
        heading = sentence.text.endswith("：")
        sign = TONE_SIGNS.get(sentence.tone, ("info", theme.SECONDARY))
        mark = Icon(*sign, 16)
        mark.setMinimumHeight(theme.sp(21))
        mark.setAccessibleName(TONE_WORDS.get(sentence.tone, ""))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        text = label(sentence.text, "strong" if heading else "", wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(text)
        found, clause = split_citation(sentence.citation)
        shown = clause if found == document else sentence.citation
        if shown:
            cited = label(shown, "small", wrap=True)
            cited.setToolTip(sentence.citation)
            words.addWidget(cited)
        row.addLayout(words, 1)


class FoldCard(QFrame):
    """A heading that shows and hides what stands below it; mouse, Enter and space."""

    def __init__(self, title: str, tone: str, is_open: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._head = _FoldHead(title, tone)
        self.body_box = QWidget()
        self.body = QVBoxLayout(self.body_box)
        self._head.turned.connect(lambda: self.show_open(self.body_box.isHidden()))
        self.body.setContentsMargins(16, 0, 16, 12)
        self.body.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.body_box)
        self.show_open(is_open)

    def show_open(self, is_open: bool) -> None:
        """Show or hide the lines."""
        self.body_box.setVisible(is_open)
        self._head.show_open(is_open)


class _FoldHead(QWidget):
    turned = Signal()

    def __init__(self, title: str, tone: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self._chevron = Icon("chevron-down", theme.SECONDARY, 16)
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 9, 12, 9)
        row.setSpacing(8)
        if tone in TONE_SIGNS:
            row.addWidget(Icon(*TONE_SIGNS[tone], 18))
        self._title = label(title, "strong")
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._chevron)

    def show_open(self, is_open: bool) -> None:
        """Turn the arrow."""
        self._chevron.show_icon("chevron-up" if is_open else "chevron-down", theme.SECONDARY)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn on click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.turned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn on Enter or space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.turned.emit()
        else:
            super().keyPressEvent(event)


class MissingCard(QFrame):
    """What is missing, as a list of things to do; each leads to its place."""

    wanted = Signal(str)  # place

    def __init__(self, missing: tuple[Missing, ...], may_change: bool, *, is_settled: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        effect = "补齐后类别可能不同" if is_settled else "补齐后才能认定"
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(label(f"还缺 {len(missing)} 项，{effect}", "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, item in enumerate(missing):
            mark = Icon("circle-question-mark", theme.AMBER, 16)
            mark.setMinimumHeight(theme.sp(21))
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(item.question, "", wrap=True), row, 1)
            go = button(place_words(item.place), "link", "chevron-right")
            go.setStyleSheet(f"min-height: {theme.sp(22)}px; padding: 0 2px;")
            go.clicked.connect(lambda _=False, place=item.place: self.wanted.emit(place))
            go.setVisible(may_change)
            grid.addWidget(go, row, 2, Qt.AlignmentFlag.AlignTop)
        column.addLayout(grid)


def place_words(place: str) -> str:
    """Where a link leads, in words."""
    section, _, key = place.partition(".")
    if section in ("policy", "standards"):
        return "去设置政策"
    known = MEANS_FORM.by_key.get(section)
    if known is None or (key and all(spec.key != key for spec in known.fields)):
        return "去改档案表"
    return f"去填{known.title}"


def explanation_cards(assessment: Assessment) -> list[QWidget]:
    """A card per class – the one suggested first – and what rules out or is to be minded."""
    document = main_document(assessment)
    told = list(zip(assessment.classes, class_paragraphs(assessment), strict=True))
    told.sort(key=lambda pair: _rank(pair[0], assessment))
    cards: list[QWidget] = []
    for at, (item, paragraph) in enumerate(told):
        undecided = assessment.suggested_class is None and item.fits is None
        cards.append(_card(paragraph, document, at == 0 or undecided, len(item.routes) > 1))
    return [*cards, *(_card(each, document, is_open=each.tone != "passed") for each in other_paragraphs(assessment))]


def _rank(item: ClassResult, assessment: Assessment) -> tuple[bool, bool, bool, Fraction]:
    """The class suggested first, then what fits too, then what is open, then what is nearest."""
    far = item.distance is None
    return item.code != assessment.suggested_class, item.fits is not None, far, item.distance or Fraction(0)


def _card(paragraph: Paragraph, document: str, is_open: bool, several: bool = False) -> FoldCard:
    card = FoldCard(paragraph.title, paragraph.tone, is_open)
    if several:
        card.body.addWidget(label("符合下面任何一种情形即可", "small"))
    for sentence in paragraph.sentences:
        card.body.addWidget(SentenceLine(sentence, document))
    return card
