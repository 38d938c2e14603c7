"""What every page is given: the signed-in office, the change signals and the acts of the window around it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

from desktop.background import Changes
from desktop.preferences import Preferences

if TYPE_CHECKING:
    from db.services.office import OfficeSession


class WindowActions(Protocol):
    """What a page may ask of the window; implemented by the workspace."""

    def show_page(self, name: str, **arguments: Any) -> None:
        """Bring the page *name* forward (home, archives, archive, assessments, wizard, exchange, settings)."""

    def open_archive(self, archive_id: str) -> None:
        """Show one archive."""

    def new_archive(self) -> None:
        """Start the wizard on an empty form."""

    def edit_archive(self, archive_id: str) -> None:
        """Open the wizard on a stored archive."""

    def edit_draft(self, draft_id: str) -> None:
        """Go on with an unfinished draft."""

    def go_back(self) -> None:
        """Return to the page shown before this one."""

    def notify(self, text: str, tone: str = "done") -> None:
        """Say in passing that something is done."""

    def rebuild(self) -> None:
        """Build all pages anew at the same place, after the font size changed."""

    def restore(self, backup: Path) -> None:
        """Leave the office and offer to restore *backup* (a backup, or a folder of them) in its place."""

    def lock(self) -> None:
        """Keep what is half typed, close the office and ask for the passphrase."""


@dataclass(frozen=True)
class AppContext:
    """Passed to each page; never stored anywhere global."""

    session: "OfficeSession"
    changes: Changes
    window: WindowActions
    preferences: Preferences


class Page(QWidget):
    """A page of the workspace; made once per sign-in as ``Page(context)`` and kept until the lock."""

    fills_screen = False
    """Whether the page takes the whole screen, without rail, search and status line."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context

    def open(self, **arguments: Any) -> None:
        """Show what *arguments* name; called every time the page comes forward."""

    def place(self) -> dict[str, Any]:
        """Arguments that bring `open` back to where the clerk stands: ids and field keys only, never contents."""
        return {}

    def explain(self) -> str:
        """What F1 says about the thing in hand, e.g. the filling instruction of the field; empty for nothing special."""
        return ""

    def keep(self) -> None:
        """Store what is half typed; called before the page is left, the lock and the end of the program."""
