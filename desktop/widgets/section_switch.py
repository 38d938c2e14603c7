"""The switch between the parts of a room, in the head of each."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from desktop.context import AppContext
from desktop.widgets.basics import PageHeader
from desktop.widgets.segmented import Segmented


class SectionSwitch(Segmented[str]):
    """Leads to another part, and says again where one is when one comes back. *sections*: page and caption of each."""

    def __init__(self, context: AppContext, sections: Sequence[tuple[str, str]], here: str) -> None:
        super().__init__(sections)
        self._here = here
        self.set_value(here)
        self.changed.connect(lambda name: self._go(context, name))

    @classmethod
    def beside_title(
        cls, header: PageHeader, context: AppContext, sections: Sequence[tuple[str, str]], here: str
    ) -> "SectionSwitch":
        """One beside the title of a page."""
        made = cls(context, sections, here)
        # its words are never cut for the sake of a button
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = header.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(1, made)
        return made

    def _go(self, context: AppContext, name: str) -> None:
        self.set_value(self._here)  # this page stays what it is
        context.window.show_page(name)
