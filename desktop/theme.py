"""Palette, font sizes, style sheet and icons of the program; the only place that names a colour.

Sizes are written for the standard font and grow with it: `sp(36)` is 36 px at 标准 and more at 大 and 特大. The
style sheet uses the same unit (`36sp`) and the constants of this module (`$INK`).
"""

import re
from enum import StrEnum
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

import resources

PAGE = "#FFFFFF"
GROUND = "#F5F6F7"
INK = "#1F2329"
SECONDARY = "#646A73"
LINE = "#DEE0E3"
LINE_STRONG = "#BBBFC4"
ROW_LINE = "#ECEDEF"
ACTION = "#1F5FA8"
ACTION_HOVER = "#184D8A"
ACTION_TINT = "#E8F1FB"
HOVER = "#F0F2F5"
GREEN = "#2E8B57"
AMBER = "#B7791F"
RED = "#C0392B"
# Green and amber reach 3:1 on white, enough for signs and large figures; running text takes these darker inks.
GREEN_INK = "#1F7145"
AMBER_INK = "#8A5A0B"
GREEN_TINT = "#EAF5EF"
AMBER_TINT = "#FDF5E6"
RED_TINT = "#FCEDEB"
DISABLED = "#71777F"
# Union red is for the mark alone.
UNION_RED = "#C8102E"
# Parts of a chart: told apart by those who do not see red from green, and by their lightness on a black and white print.
CHART = ("#1F5FA8", "#E0A03A", "#5BA58C", "#8C4A73", "#8FB8E0", "#6B6F76", "#C0674B", "#B9BEC6")
TO_WRITE = "#FFF3B0"
"""Ground of what people have still to write in a text."""

FAMILY = "Noto Sans SC"
RARE_FAMILY = "HanaMinB"
BASE_PIXELS = 14


class FontSize(StrEnum):
    """Font sizes a clerk can choose (标准, 大, 特大)."""

    STANDARD = "standard"
    LARGE = "large"
    EXTRA_LARGE = "extra_large"


FONT_SIZE_LABELS = {FontSize.STANDARD: "标准", FontSize.LARGE: "大", FontSize.EXTRA_LARGE: "特大"}
_PIXELS = {FontSize.STANDARD: 14, FontSize.LARGE: 16, FontSize.EXTRA_LARGE: 18}


def scale() -> float:
    """Growth of every size against the standard font."""
    app = QApplication.instance()
    return float(app.property("nuandangScale") or 1.0) if app else 1.0


def sp(pixels: float) -> int:
    """Scaled pixels: *pixels* at the standard font size."""
    return round(pixels * scale())


def load_fonts() -> None:
    """Register the screen fonts that travel with the program."""
    for name in ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf"):
        QFontDatabase.addApplicationFont(str(resources.path_of(name)))


def load_rare_font() -> None:
    """Register the large fallback font for rare characters; left until names are shown, it costs start-up time."""
    app = QApplication.instance()
    if app is not None and not app.property("nuandangRareFont"):
        app.setProperty("nuandangRareFont", True)
        QFontDatabase.addApplicationFont(str(resources.path_of("fonts/HanaMinB.ttf")))


def apply_theme(app: QApplication, size: FontSize = FontSize.STANDARD) -> None:
    """Give *app* the house style at *size*; open windows follow at once."""
    app.setProperty("nuandangScale", _PIXELS[size] / BASE_PIXELS)
    if app.property("nuandangThemed") is None:
        load_fonts()
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setProperty("nuandangThemed", True)
        app.aboutToQuit.connect(_drawn_icons.clear)  # pictures must go before the application
    app.setPalette(_palette())
    app.setFont(font())
    app.setStyleSheet(_style_sheet())


def font(pixels: float = BASE_PIXELS, bold: bool = False) -> QFont:
    """Screen font of *pixels* at the standard size."""
    made = QFont()
    made.setFamilies([FAMILY, RARE_FAMILY])
    made.setPixelSize(sp(pixels))
    made.setBold(bold)
    return made


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: GROUND,
        QPalette.ColorRole.WindowText: INK,
        QPalette.ColorRole.Base: PAGE,
        QPalette.ColorRole.AlternateBase: GROUND,
        QPalette.ColorRole.Text: INK,
        QPalette.ColorRole.Button: PAGE,
        QPalette.ColorRole.ButtonText: INK,
        QPalette.ColorRole.Highlight: ACTION,
        QPalette.ColorRole.HighlightedText: PAGE,
        QPalette.ColorRole.PlaceholderText: SECONDARY,
        QPalette.ColorRole.ToolTipBase: INK,
        QPalette.ColorRole.ToolTipText: PAGE,
        QPalette.ColorRole.Link: ACTION,
        QPalette.ColorRole.LinkVisited: ACTION,
        QPalette.ColorRole.Accent: ACTION,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(DISABLED))
    return palette


def _style_sheet() -> str:
    colours = {name: value for name, value in globals().items() if name.isupper() and isinstance(value, str)}
    icons = resources.path_of("icons/check.svg").parent.as_posix()
    text = Template(resources.read_text("style.qss")).substitute(colours, ICONS=icons)
    return re.sub(r"(\d+(?:\.\d+)?)sp\b", lambda match: f"{sp(float(match[1]))}px", text)


@cache
def _svg(name: str, colour: str) -> QByteArray:
    return QByteArray(resources.read_text(f"icons/{name}.svg").replace("currentColor", colour).encode())


def pixmap(name: str, colour: str = SECONDARY, size: int = 18, ratio: float = 1.0, gap: int = 0) -> QPixmap:
    """The icon *name* drawn in *colour*, *size* device-independent pixels wide, sharp at the pixel *ratio*.

    *gap* is left free at the right of it.
    """
    side = round(size * ratio)
    image = QImage(side + round(gap * ratio), side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(_svg(name, colour)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    made = QPixmap.fromImage(image)
    made.setDevicePixelRatio(ratio)
    return made


def icon(name: str, colour: str = SECONDARY, gap: int = 0) -> QIcon:
    """The icon *name* in *colour* for buttons and lists, drawn for the pixel ratios of all screens.

    *gap* (at the standard font) keeps the words beside it at a distance: Qt leaves them 4 px, whatever the style sheet.
    """
    app = QApplication.instance()
    ratios = frozenset(screen.devicePixelRatio() for screen in app.screens()) if isinstance(app, QApplication) else None
    key = (name, colour, scale(), ratios or frozenset((1.0,)), gap)
    if key not in _drawn_icons:
        _drawn_icons[key] = _draw_icon(*key)
    return _drawn_icons[key]


_drawn_icons: dict[tuple[str, str, float, frozenset[float], int], QIcon] = {}


def _draw_icon(name: str, colour: str, growth: float, ratios: frozenset[float], gap: int) -> QIcon:
    made = QIcon()
    free = round(gap * growth)
    for ratio in ratios:
        for size in (16, 18, 20, 24):
            drawn = round(size * growth)
            made.addPixmap(pixmap(name, colour, drawn, ratio, free))
            made.addPixmap(pixmap(name, DISABLED, drawn, ratio, free), QIcon.Mode.Disabled)
    return made


def icon_size(size: int = 18, gap: int = 0) -> QSize:
    """Icon size grown with the font, with the *gap* beside it."""
    return QSize(sp(size) + sp(gap), sp(size))


def draw_mark(painter: QPainter, box: QRectF) -> None:
    """Draw the mark of the program: 暖 in white on union red."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(UNION_RED))
    painter.drawRoundedRect(box, box.width() / 8, box.width() / 8)
    letter = QFont(FAMILY)
    letter.setPixelSize(max(1, round(box.height() * 0.56)))
    letter.setBold(True)
    painter.setFont(letter)
    painter.setPen(QColor(PAGE))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "暖")
    painter.restore()


def mark_icon() -> QIcon:
    """Window icon with the mark."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        draw_mark(painter, QRectF(0, 0, side, side))
        painter.end()
        made.addPixmap(QPixmap.fromImage(image))
    return made
