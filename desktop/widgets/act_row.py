"""A row of buttons that fall back to their signs, one after the other, where there is no room for all the words."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import theme

GAP = 10
SIGN_WIDTH = 46


class ActRow(QWidget):
    """Buttons with an icon each; the last one keeps its words longest. A sign alone says its words as tool tip."""

    def __init__(self, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self._buttons = list(buttons)
        self._words = {made: made.text() for made in self._buttons}
        self._tips = {made: made.toolTip() for made in self._buttons}
        self._widths: dict[QPushButton, int] = {}
        for made in self._buttons:
            made.setParent(self)
            made.setAccessibleName(made.accessibleName() or made.text())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _shown(self) -> list[QPushButton]:
        return [made for made in self._buttons if not made.isHidden()]

    def _measure(self) -> None:
        for made in self._buttons:
            made.setText(self._words[made])
            made.ensurePolished()
            self._widths[made] = made.sizeHint().width()
        self.updateGeometry()

    def _sum(self, widths: Sequence[int]) -> int:
        return sum(widths) + GAP * max(0, len(widths) - 1)

    def sizeHint(self) -> QSize:
        """Room for all the words."""
        if not self._widths:
            self._measure()
        height = max((made.sizeHint().height() for made in self._buttons), default=0)
        return QSize(self._sum([self._widths[made] for made in self._shown()]), height)

    def minimumSizeHint(self) -> QSize:
        """Room for the signs."""
        return QSize(self._sum([theme.sp(SIGN_WIDTH)] * len(self._shown())), self.sizeHint().height())

    def fit(self) -> None:
        """Share the width there is, from the left: signs where words do not fit."""
        if not self._widths:
            self._measure()
        shown = self._shown()
        widths = [self._widths[made] for made in shown]
        for at in range(len(shown)):
            if self._sum(widths) <= self.width():
                break
            widths[at] = theme.sp(SIGN_WIDTH)
        left = self.width() - self._sum(widths)
        for made, width in zip(shown, widths, strict=True):
            whole = width == self._widths[made]
            made.setText(self._words[made] if whole else "")
            made.setToolTip(self._tips[made] if whole else self._tips[made] or self._words[made])
            made.setGeometry(left, 0, width, self.height())
            left += width + GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit to the new width."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure with the style sheet's font."""
        super().showEvent(event)
        self._measure()
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()
            self.fit()

    def show_buttons(self) -> None:
        """Buttons were shown or hidden."""
        self.updateGeometry()
        self.fit()
