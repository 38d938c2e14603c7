"""The parts of the room 帮扶, and the switch between them in the head of each."""

from PySide6.QtWidgets import QHBoxLayout

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.segmented import Segmented

GRANTS, SERVICES, PROGRAMMES, LISTS, FUNDS = "aid", "aid_services", "programmes", "payments", "funds"
SECTIONS = ((GRANTS, "救助"), (SERVICES, "服务"), (PROGRAMMES, "活动"), (LISTS, "发放"), (FUNDS, "资金"))


class SectionSwitch(Segmented[str]):
    """Stands beside the title; leads to another part, and says again where one is when one comes back."""

    def __init__(self, context: AppContext, here: str) -> None:
        super().__init__(SECTIONS)
        self._here = here
        self.set_value(here)
        self.changed.connect(lambda name: self._go(context, name))

    def _go(self, context: AppContext, name: str) -> None:
        self.set_value(self._here)  # this page stays what it is
        context.window.show_page(name)


def add_switch(header: PageHeader, context: AppContext, here: str) -> SectionSwitch:
    """Put the switch beside the title of a page."""
    made = SectionSwitch(context, here)
    row = header.layout()
    assert isinstance(row, QHBoxLayout)
    row.insertWidget(1, made)
    return made
