"""The parts of the room 报表, and the switch between them in the head of each.

A part is a page of its own: a line in ``SECTIONS`` (in the order of the switch), its page in ``desktop/rooms.py``
(``PAGES``, and ``ROOM_OF_PAGE`` with ``reports``), and ``add_switch(self.header, context, NAME)`` in its ``__init__``.
"""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.segmented import Segmented

TABLES = "reports"
CROSS, CHARTS, DRAFTS = "cross_table", "charts", "drafts"
EVALUATIONS = "evaluation"
SECTIONS = ((TABLES, "统计表"), (CROSS, "交叉表"), (CHARTS, "图表"), (DRAFTS, "文稿"), (EVALUATIONS, "评估"))


class SectionSwitch(Segmented[str]):
    """Stands beside the title; leads to another part, and says again where one is when one comes back."""

    def __init__(self, context: AppContext, here: str) -> None:
        super().__init__(SECTIONS)
        self._here = here
        self.set_value(here)
        self.setVisible(len(SECTIONS) > 1)
        self.changed.connect(lambda name: self._go(context, name))

    def _go(self, context: AppContext, name: str) -> None:
        self.set_value(self._here)  # this page stays what it is
        context.window.show_page(name)


def add_switch(header: PageHeader, context: AppContext, here: str) -> SectionSwitch:
    """Put the switch beside the title of a page."""
    made = SectionSwitch(context, here)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # its words are never cut for the sake of a button
    row = header.layout()
    assert isinstance(row, QHBoxLayout)
    row.insertWidget(1, made)
    return made
