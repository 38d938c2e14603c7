"""The written help on policy: how doubts of the documents were settled, how a pack is written, the facts file."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

import resources
from desktop import theme
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button
from desktop.widgets.segmented import Segmented

TEXTS = (
    ("help/policy_decisions.md", "疑点与处理"),
    ("help/policy_packs.md", "怎样写政策包"),
    ("help/facts.md", "家庭情况文件"),
)

# a line end between Chinese words is no blank
_LINE_END = re.compile(r"(?<=[\u4e00-\u9fff，。；：、）”》])\n(?=[\u4e00-\u9fff（“《`])")
_HEADING_SIZES = {1: 18, 2: 16}


def _set_out(document: QTextDocument) -> None:
    """Give headings a modest size and paragraphs their distance; Markdown comes without either."""
    document.setDocumentMargin(theme.sp(12))
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        spaced = block.blockFormat()
        spaced.setTopMargin(theme.sp(12 if level else 0))
        spaced.setBottomMargin(theme.sp(6))
        cursor.setPosition(block.position())
        cursor.setBlockFormat(spaced)
        if level:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            letters = cursor.charFormat()
            letters.setProperty(letters.Property.FontSizeAdjustment, 0)
            letters.setProperty(letters.Property.FontPixelSize, theme.sp(_HEADING_SIZES.get(level, 14)))
            cursor.setCharFormat(letters)
        block = block.next()


_TEXT, _AROUND = 480, 250
"""Height of the text, and of everything about it, at the standard font."""


class HelpTexts(PlainDialog):
    """Reads packaged texts; nothing is opened outside the program."""

    def __init__(self, parent: QWidget | None, title: str, hint: str, texts: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent, title, hint, 860)
        self.choice: Segmented[str] = Segmented(list(texts))
        self.choice.setVisible(len(texts) > 1)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        room = self.screen().availableGeometry().height() - theme.sp(_AROUND)
        self.text.setMinimumHeight(max(min(theme.sp(_TEXT), room), theme.sp(240)))
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.body.addWidget(self.choice)
        self.body.addWidget(self.text, 1)
        self.foot.addStretch(1)
        self.foot.addWidget(button("关闭", "primary", act=self.accept))
        self.choice.changed.connect(lambda name: self.read(str(name)))
        self.choice.set_value(texts[0][0])
        self.read(texts[0][0])

    def read(self, name: str) -> None:
        """Show one of the texts from its beginning."""
        self.text.setMarkdown(_LINE_END.sub("", resources.read_text(name)))
        _set_out(self.text.document())
        self.text.verticalScrollBar().setValue(0)


class PolicyHelp(HelpTexts):
    """How doubts were settled, how a pack is written, the facts file."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "政策说明", "文件里写得不清楚的地方怎么定的、为什么；后两篇给写政策包、用命令行的人。", TEXTS)
