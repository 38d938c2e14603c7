"""Charts drawn with a painter: on screen, in a picture and on paper alike. Axes begin at zero, figures stand at their bars.

Sizes are multiples of *unit*, the height of a line of text: the same drawing serves every font and every resolution.
"""

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPaintDevice, QPainter, QPen

from desktop import theme
from desktop.reports.chart_model import Chart, Shape

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_MIDDLE, _CENTRE = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter


class ChartPen:
    """A painter with the font of the chart and the acts every shape needs."""

    def __init__(self, painter: QPainter, font: QFont) -> None:
        self.painter = painter
        self.font = font
        # on paper a millimetre has other dots than on screen: the device says
        device = painter.device()
        self.metrics = QFontMetricsF(font, device) if isinstance(device, QPaintDevice) else QFontMetricsF(font)
        painter.setFont(font)
        self.unit = self.metrics.height()

    def width(self, text: str) -> float:
        """How wide a text is."""
        return self.metrics.horizontalAdvance(text)

    def text(self, box: QRectF, words: str, align: Qt.AlignmentFlag, colour: str = theme.INK) -> None:
        """One line of text in a box, shortened where it must be."""
        self.painter.setPen(QColor(colour))
        shown = self.metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width() + 0.5)
        self.painter.drawText(box, int(align | _MIDDLE), shown)

    def bar(self, box: QRectF, colour: str) -> None:
        """A filled bar; of nothing nothing."""
        if box.width() and box.height():
            self.painter.fillRect(box.normalized(), QColor(colour))

    def line(self, start: QPointF, end: QPointF, colour: str) -> None:
        """A thin line."""
        self.painter.setPen(QPen(QColor(colour), max(1.0, self.unit / 18)))
        self.painter.drawLine(start, end)


def draw_chart(painter: QPainter, area: QRectF, chart: Chart, font: QFont) -> None:
    """Draw *chart* into *area*; without anything to show a sentence says so."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = ChartPen(painter, font)
    if chart.is_empty:
        pen.text(area, "这个范围里还没有可以画的数。", _CENTRE, theme.SECONDARY)
        painter.restore()
        return
    inner = QRectF(area)
    if chart.note:
        pen.text(QRectF(area.left(), area.bottom() - pen.unit, area.width(), pen.unit), chart.note, _LEFT, theme.SECONDARY)
        inner.setBottom(area.bottom() - 1.3 * pen.unit)
    if chart.is_divided:
        inner.setTop(_legend(pen, inner, chart))
    {Shape.BARS: _bars, Shape.COLUMNS: _columns, Shape.PYRAMID: _pyramid}[chart.shape](pen, inner, chart)
    painter.restore()


def colours(chart: Chart) -> list[str]:
    """The colour of each series."""
    return [theme.CHART[at % len(theme.CHART)] for at in range(len(chart.series))]


def _legend(pen: ChartPen, area: QRectF, chart: Chart) -> float:
    """The series named beside their colour, in as many lines as it takes; where the chart begins below them."""
    x, y, side = area.left(), area.top(), 0.7 * pen.unit
    for series, colour in zip(chart.series, colours(chart), strict=True):
        wide = side + 0.4 * pen.unit + pen.width(series.label) + pen.unit
        if x + wide > area.right() and x > area.left():
            x, y = area.left(), y + 1.3 * pen.unit
        pen.bar(QRectF(x, y + (pen.unit - side) / 2, side, side), colour)
        room = min(pen.width(series.label) + 2, area.right() - x - side)
        pen.text(QRectF(x + side + 0.4 * pen.unit, y, room, pen.unit), series.label, _LEFT, theme.SECONDARY)
        x += wide
    return y + 1.6 * pen.unit


# -- scales -------------------------------------------------------------------------------------------------------


def ticks(lowest: float, highest: float, most: int) -> list[float]:
    """Round figures from at or below *lowest* to at or above *highest*; zero is one of them."""
    span = max(highest, 0.0) - min(lowest, 0.0)
    step = _round_step(span / max(most, 1))
    first, last = math.floor(min(lowest, 0.0) / step), math.ceil(max(highest, 0.0) / step)
    return [number * step for number in range(first, last + 1)]


def _round_step(rough: float) -> float:
    if rough <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def tick_text(value: float) -> str:
    """A figure at the axis; large amounts in 万, as they are said."""
    if abs(value) >= 10_000 and value % 1_000 == 0:
        return f"{value / 10_000:,.10g} 万"
    return f"{value:,.0f}"


def _sums(chart: Chart) -> Iterable[tuple[float, float]]:
    """Of each category how far its bars go below and above zero."""
    for at in range(len(chart.categories)):
        values = [series.values[at] or 0.0 for series in chart.series]
        if chart.is_stacked:
            yield sum(value for value in values if value < 0), sum(value for value in values if value > 0)
        else:
            yield min(values), max(values)


def _reach(chart: Chart) -> tuple[float, float]:
    found = list(_sums(chart))
    return min(0.0, *(low for low, _ in found)), max(0.0, *(high for _, high in found))


def _pieces(chart: Chart, at: int) -> list[tuple[int, float, float]]:
    """The bars of a category: series, from, to."""
    found, below, above = [], 0.0, 0.0
    for number, series in enumerate(chart.series):
        value = series.values[at] or 0.0
        if not chart.is_stacked:
            found.append((number, 0.0, value))
        elif value < 0:
            found.append((number, below, below + value))
            below += value
        else:
            found.append((number, above, above + value))
            above += value
    return found


def _end_text(chart: Chart, at: int, number: int) -> str:
    """What is written at the end of a bar: of a single series or a stack the total, else its own figure."""
    if len(chart.series) == 1 or chart.is_stacked:
        return chart.texts[at] if chart.texts else ""
    value = chart.series[number].values[at]
    return "" if not value else f"{value:,.2f}" if chart.unit == "元" else f"{value:,.0f}"


# -- shapes -------------------------------------------------------------------------------------------------------


def _bars(pen: ChartPen, area: QRectF, chart: Chart) -> None:
    """Lines from top to bottom, captions at the left, figures at the right end."""
    unit = pen.unit
    caption = min(max(pen.width(name) for name in chart.categories) + 2, area.width() * 0.42)
    low, high = _reach(chart)
    ends = max(pen.width(_end_text(chart, at, number)) for at in range(len(chart.categories)) for number in range(len(chart.series)))
    left, right = area.left() + caption + 0.6 * unit, area.right() - ends - 0.6 * unit
    scale = (right - left) / ((high - low) or 1)
    zero = left - low * scale
    highest = 2.6 if chart.is_stacked else max(2.6, 1.25 * len(chart.series) + 0.6)
    height = min(area.height() / len(chart.categories), highest * unit)
    for at, name in enumerate(chart.categories):
        top = area.top() + at * height
        pen.text(QRectF(area.left(), top, caption, height), name, _RIGHT)
        groups = 1 if chart.is_stacked else len(chart.series)
        thick = height * 0.68 / groups
        furthest = zero
        for number, start, end in _pieces(chart, at):
            place = top + height * 0.16 + (0 if chart.is_stacked else number * thick)
            pen.bar(QRectF(zero + start * scale, place, (end - start) * scale, thick * 0.94), colours(chart)[number])
            furthest = max(furthest, zero + end * scale)
            if not chart.is_stacked:
                _beside(pen, zero + max(end, 0.0) * scale, place, thick, _end_text(chart, at, number), area)
        if chart.is_stacked:
            _beside(pen, furthest, top, height, _end_text(chart, at, 0), area)
    pen.line(QPointF(zero, area.top()), QPointF(zero, area.top() + height * len(chart.categories)), theme.LINE_STRONG)


def _beside(pen: ChartPen, x: float, top: float, height: float, words: str, area: QRectF) -> None:
    if height >= 0.7 * pen.unit:
        pen.text(QRectF(x + 0.3 * pen.unit, top, area.right() - x, height), words, _LEFT, theme.INK)


def _columns(pen: ChartPen, area: QRectF, chart: Chart) -> None:
    """Columns from left to right over a scale with its unit."""
    unit, (low, high) = pen.unit, _reach(chart)
    pen.text(QRectF(area.left(), area.top(), area.width(), unit), f"单位：{chart.unit}", _LEFT, theme.SECONDARY)
    top, bottom = area.top() + 2.3 * unit, area.bottom() - 1.4 * unit
    marks = ticks(low, high, max(2, int((bottom - top) / (2.2 * unit))))
    room = max(pen.width(tick_text(mark)) for mark in marks) + 0.6 * unit
    left, scale = area.left() + room, (bottom - top) / (marks[-1] - marks[0])
    zero = bottom + marks[0] * scale
    for mark in marks:
        y = zero - mark * scale
        pen.line(QPointF(left, y), QPointF(area.right(), y), theme.LINE_STRONG if mark == 0 else theme.ROW_LINE)
        words = QRectF(area.left(), y - unit / 2, room - 0.4 * unit, unit)
        pen.text(words, tick_text(mark), _RIGHT, theme.SECONDARY)
    share = (area.right() - left) / len(chart.categories)
    shorten = _shortening(pen, chart, share)
    skip = _skip(pen, chart.categories, share)
    for at, name in enumerate(chart.categories):
        x = left + at * share
        _column(pen, chart, at, QRectF(x, top, share, bottom - top), zero, scale, shorten)
        if at % skip == 0:
            pen.text(QRectF(x, bottom + 0.3 * unit, share * skip, unit), name, _CENTRE if skip == 1 else _LEFT, theme.SECONDARY)


def _skip(pen: ChartPen, names: Sequence[str], share: float) -> int:
    """Every how many captions one has room."""
    widest = max(pen.width(name) for name in names) + 0.3 * pen.unit
    return max(1, math.ceil(widest / share))


def _shortened(words: str, step: int) -> str:
    """A figure in ever fewer characters: as it is, then in 万 with two digits, one, and none."""
    if not step or not words:
        return words
    return f"{float(words.replace(',', '')) / 10_000:,.{3 - step}f}万"


def _shortening(pen: ChartPen, chart: Chart, share: float) -> int | None:
    """How far the figures must be shortened to stand beside each other; None where they cannot. All alike."""
    groups = 1 if chart.is_stacked else len(chart.series)
    whole = [_end_text(chart, at, number) for at in range(len(chart.categories)) for number in range(groups)]
    steps = range(4) if chart.unit == "元" else range(1)
    fits = (step for step in steps if all(pen.width(_shortened(words, step)) <= 0.96 * share / groups for words in whole))
    return next(fits, None)


def _column(
    pen: ChartPen, chart: Chart, at: int, box: QRectF, zero: float, scale: float, shorten: int | None
) -> None:
    """The bars of one category, each with its figure above where there is room; all of them stand in the table."""
    groups = 1 if chart.is_stacked else len(chart.series)
    thick = min(box.width() * 0.7 / groups, 3.0 * pen.unit)
    first, share = box.center().x() - thick * groups / 2, box.width() / groups
    tops: dict[int, float] = {}
    for number, start, end in _pieces(chart, at):
        group = 0 if chart.is_stacked else number
        x = first + group * thick
        pen.bar(QRectF(x, zero - end * scale, thick * 0.96, (end - start) * scale), colours(chart)[number])
        tops[group] = min(tops.get(group, zero), zero - max(end, 0.0) * scale)
    for group, top in tops.items():
        words = _end_text(chart, at, group)
        if shorten is not None and words:
            middle = first + (group + 0.5) * thick
            place = QRectF(middle - share / 2, top - 1.1 * pen.unit, share, pen.unit)
            pen.text(place, _shortened(words, shorten), _CENTRE)


def _pyramid(pen: ChartPen, area: QRectF, chart: Chart) -> None:
    """Ages upwards in the middle, the first series to the left and the second to the right, on the same scale."""
    unit = pen.unit
    middle = max(pen.width(name) for name in chart.categories) + unit
    most = max(value or 0.0 for series in chart.series for value in series.values)
    ends = max(pen.width(f"{value or 0:,.0f}") for series in chart.series for value in series.values) + 0.6 * unit
    half = (area.width() - middle) / 2
    scale = (half - ends) / most
    height = min(area.height() / len(chart.categories), 2.4 * unit)
    start = area.top() + height * len(chart.categories)
    inner = (area.left() + half, area.left() + half + middle)
    for at, name in enumerate(chart.categories):
        top = start - (at + 1) * height
        pen.text(QRectF(inner[0], top, middle, height), name, _CENTRE, theme.SECONDARY)
        for number, series in enumerate(chart.series[:2]):
            value = series.values[at] or 0.0
            long, words = value * scale, f"{value:,.0f}"
            x = inner[0] - long if number == 0 else inner[1]
            pen.bar(QRectF(x, top + height * 0.12, long, height * 0.76), colours(chart)[number])
            if value and number == 0:
                pen.text(QRectF(area.left(), top, x - area.left() - 0.3 * unit, height), words, _RIGHT)
            elif value:
                pen.text(QRectF(x + long + 0.3 * unit, top, ends, height), words, _LEFT)
    for x in inner:
        pen.line(QPointF(x, area.top()), QPointF(x, start), theme.LINE_STRONG)
