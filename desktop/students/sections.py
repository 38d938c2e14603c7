"""The parts of the room 助学就业: a line here, the page in ``desktop/workspace.py``, the switch in the head of the page."""

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.section_switch import SectionSwitch

STUDENTS, SUPPORT, GRADUATES = "students", "student_support", "graduates"
SECTIONS = ((STUDENTS, "助学"), (SUPPORT, "捐助和岗位"), (GRADUATES, "就业"))


def add_switch(header: PageHeader, context: AppContext, here: str) -> SectionSwitch:
    """Put the switch beside the title of a page."""
    return SectionSwitch.beside_title(header, context, SECTIONS, here)
