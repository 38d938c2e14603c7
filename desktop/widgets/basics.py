"""Labels, cards, headers and empty states every page is built from."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop import theme

ICON_GAP = 4

class WrapLabel(QLabel):
    """Wrapped text that claims exactly the height it needs at its present width.

    Qt's own height-for-width is lost in scroll areas and stacked pages, where a sentence would then be cut.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as the text needs at the width given last."""
        hint = super().sizeHint()
        return QSize(hint.width(), super().heightForWidth(self.width()) if self.width() > 1 else hint.height())

    def minimumSizeHint(self) -> QSize:
        """May get narrower, never lower."""
        return QSize(theme.sp(40), self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        """The height is claimed through the size hint instead."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Claim the height anew for the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def label(text: str = "", role: str = "", wrap: bool = False) -> QLabel:
    """A label in one of the roles of the style sheet (title, section, secondary, small, error, warning, done…)."""
    made = WrapLabel(text) if wrap else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if role == "badge":
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def set_role(widget: QWidget, name: str, value: str) -> None:
    """Change a style property (role, state, tone) and have the style sheet look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class _Button(QPushButton):
    """A push button that Enter presses wherever it stands; Qt keeps Enter for the default button of a dialog."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space press the button."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


def set_icon(made: QPushButton, name: str, colour: str = theme.SECONDARY) -> None:
    """Put an icon on a button, a little away from its words."""
    gap = ICON_GAP if made.text() else 0
    made.setIcon(theme.icon(name, colour, gap))
    made.setIconSize(theme.icon_size(16, gap))


def button(text: str, role: str = "", icon: str = "", act: Callable[[], object] | None = None) -> QPushButton:
    """A push button in a role (primary, danger, link, quiet or plain), with an optional icon and act."""
    made = _Button(text)
    made.setProperty("role", role)
    made.setAutoDefault(False)
    if icon:
        colour = {"primary": theme.PAGE, "danger": theme.PAGE, "link": theme.ACTION}.get(role, theme.SECONDARY)
        set_icon(made, icon, colour)
    if act is not None:
        made.clicked.connect(lambda: act())
    return made


def line() -> QFrame:
    """Thin horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    return made


class Icon(QWidget):
    """An icon drawn sharp at any pixel ratio and font size."""

    def __init__(self, name: str, colour: str = theme.SECONDARY, size: int = 18) -> None:
        super().__init__()
        self._name, self._colour, self._size = name, colour, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    def sizeHint(self) -> QSize:
        """Size grown with the font."""
        return theme.icon_size(self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        side = theme.sp(self._size)
        drawn = theme.pixmap(self._name, self._colour, side, self.devicePixelRatioF())
        QPainter(self).drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, drawn)


class Mark(QWidget):
    """The mark of the program."""

    def __init__(self, size: int = 32) -> None:
        super().__init__()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Size grown with the font."""
        return theme.icon_size(self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        theme.draw_mark(QPainter(self), QRectF(self.rect()))


class PageHeader(QWidget):
    """Title, hint beside it and the acts of the page at the right; at most one act is primary."""

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__()
        self._title = label(title, "title")
        self._hint = ElidedLabel(hint, "small")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addWidget(self._title)
        self._row.addWidget(self._hint, 1)
        self.setMinimumHeight(theme.sp(36))

    def set_texts(self, title: str, hint: str = "") -> None:
        """Change title and hint."""
        self._title.setText(title)
        self._hint.set_whole(hint)

    def add_back(self, act: Callable[[], object]) -> None:
        """A button before the title that leads back to where one came from."""
        back = button("", "quiet", "chevron-left", act)
        back.setToolTip("返回　Alt+←")
        back.setAccessibleName("返回")
        self._row.insertWidget(0, back)

    def add(self, widget: QWidget) -> None:
        """Append a widget at the right."""
        self._row.addWidget(widget)

    def add_action(self, text: str, act: Callable[[], object], role: str = "", icon: str = "") -> QPushButton:
        """Append a button at the right."""
        made = button(text, role, icon, act)
        self._row.addWidget(made)
        return made


class Card(QFrame):
    """White surface with a thin line around it; put widgets into `body`."""

    def __init__(self, title: str = "", hint: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.title = label(title, "section")
        self.hint = label(hint, "small")
        self.head.addWidget(self.title)
        self.head.addWidget(self.hint)
        self.head.addStretch(1)
        if title:
            self.body.addLayout(self.head)


class StatCard(QFrame):
    """A large figure with caption and note that opens what it counts; works with mouse and keyboard."""

    activated = Signal()

    def __init__(self, caption: str, colour: str = theme.ACTION) -> None:
        super().__init__()
        self.setProperty("role", "stat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._colour = colour
        self._figure = label("--", "figure")
        self._caption = label(caption)
        self._note = label("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(0)
        for part in (self._figure, self._caption, self._note):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            column.addWidget(part)

    def show_figure(self, figure: str, note: str = "", colour: str = "") -> None:
        """Show *figure* with *note* below the caption."""
        self._figure.setText(figure)
        self._figure.setStyleSheet(f"color: {colour or self._colour};")
        self._note.setText(note)
        self._note.setToolTip(note)
        self.setAccessibleName(f"{self._caption.text()} {figure} {note}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open on click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter or space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class EmptyState(QWidget):
    """Says what belongs here and offers the first step."""

    def __init__(
        self, icon: str, sentence: str, step: str = "", act: Callable[[], object] | None = None, primary: bool = False
    ) -> None:
        super().__init__()
        self.sentence = label(sentence, "secondary", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.step = button(step, "primary" if primary else "", act=act)
        if not step:
            self.step.hide()  # never shown before it has a parent: it would flash up as a window of its own
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(Icon(icon, theme.LINE_STRONG, 48), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.sentence)
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)


class Note(QFrame):
    """Tinted strip with an icon and a sentence; *tone* is plain, action, done, warning or error."""

    _SIGNS: ClassVar[dict[str, tuple[str, str]]] = {
        "plain": ("info", theme.SECONDARY),
        "action": ("info", theme.ACTION),
        "done": ("circle-check", theme.GREEN),
        "warning": ("triangle-alert", theme.AMBER),
        "error": ("circle-alert", theme.RED),
    }

    def __init__(self, text: str = "", tone: str = "plain") -> None:
        super().__init__()
        self.setProperty("role", "note")
        self.setProperty("tone", tone)
        self._icon = Icon(*self._SIGNS[tone], 18)
        self._icon.setMinimumHeight(theme.sp(21))  # as high as one line, so that the sign stands beside the first one
        self._text = label(text, "", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1, Qt.AlignmentFlag.AlignTop)

    def show_text(self, text: str, tone: str) -> None:
        """Show another sentence in *tone*."""
        self._text.setText(text)
        self._icon.show_icon(*self._SIGNS[tone])
        set_role(self, "tone", tone)

    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()


class ElidedLabel(QLabel):
    """One line that ends in … when there is no room, with the whole text as tool tip."""

    def __init__(self, text: str = "", role: str = "", whole_only: bool = False) -> None:
        """*whole_only*: rather nothing than a beginning that says nothing; the tool tip has it."""
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self._whole, self._whole_only = "", whole_only
        self.set_whole(text)

    def sizeHint(self) -> QSize:
        """Wide enough for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """May shrink to a few characters."""
        return QSize(min(theme.sp(48), self.sizeHint().width()), super().minimumSizeHint().height())

    def set_whole(self, text: str) -> None:
        """Show *text*, shortened when needed."""
        self._whole = text
        self.updateGeometry()
        self._elide()

    def whole(self) -> str:
        """The text before shortening."""
        return self._whole

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        self.setText("" if self._whole_only and shown != self._whole else shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._elide()
