"""The parts of the room 报表, and the switch between them in the head of each.

A part is a page of its own: a line in ``SECTIONS`` (in the order of the switch), its page in ``desktop/rooms.py``
(``PAGES``, and ``ROOM_OF_PAGE`` with ``reports``), and ``add_switch(self.header, context, NAME)`` in its ``__init__``.
"""

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.section_switch import SectionSwitch

TABLES = "reports"
CROSS, CHARTS, DRAFTS = "cross_table", "charts", "drafts"
EVALUATIONS = "evaluation"
SECTIONS = ((TABLES, "统计表"), (CROSS, "交叉表"), (CHARTS, "图表"), (DRAFTS, "文稿"), (EVALUATIONS, "评估"))


def add_switch(header: PageHeader, context: AppContext, here: str) -> SectionSwitch:
    """Put the switch beside the title of a page."""
    return SectionSwitch.beside_title(header, context, SECTIONS, here)
