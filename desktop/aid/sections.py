"""The parts of the room 帮扶, and the switch between them in the head of each."""

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.section_switch import SectionSwitch

GRANTS, SERVICES, PROGRAMMES, LISTS, FUNDS = "aid", "aid_services", "programmes", "payments", "funds"
SECTIONS = ((GRANTS, "救助"), (SERVICES, "服务"), (PROGRAMMES, "活动"), (LISTS, "发放"), (FUNDS, "资金"))


def add_switch(header: PageHeader, context: AppContext, here: str) -> SectionSwitch:
    """Put the switch beside the title of a page."""
    return SectionSwitch.beside_title(header, context, SECTIONS, here)
