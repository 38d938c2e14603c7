"""What is done with the files of texts: an office drafts its own, reads them in, writes one out to be changed."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from db.domain.reports.text_drafts import TextKind
from db.errors import NuandangError
from db.services import own_texts
from desktop import files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.policy.help_reader import HelpTexts

_KIND = "文稿样 (*.toml)"
_HELP = (("help/text_drafts.md", "怎样写文稿样"),)


class TextFiles:
    """The acts behind 更多, for a page that shows one text; *changed* gets the id of the text to show then."""

    def __init__(self, page: QWidget, context: AppContext, changed: Callable[[str], object]) -> None:
        self._page, self._session, self._changed = page, context.session, changed

    def menu(self, kind: TextKind) -> QMenu:
        """The acts for the text in hand."""
        menu = QMenu(self._page)
        menu.addAction("读入文稿样…", self.take)
        menu.addAction("存出文稿样…", lambda: self.write(kind))
        own = own_texts.TEXTS.own(self._session).get(kind.id)
        if own is not None and own.is_own:
            menu.addAction("删除这份文稿样…", lambda: self.remove(kind))
        menu.addAction("怎样写文稿样", self.show_help)
        return menu

    def show_menu(self, button: QWidget, kind: TextKind) -> None:
        """Open the menu below a button."""
        self.menu(kind).exec(button.mapToGlobal(QPoint(0, button.height())))

    def take(self) -> None:
        """Read a text from a file; what is wrong with it is said with its line."""
        path = files.ask_open(self._page, "读入文稿样", _KIND)
        if path is None:
            return
        try:
            kind = own_texts.TEXTS.take(self._session, path)
        except NuandangError as fault:
            messages.show_error(self._page, fault)
            return
        self._changed(kind.id)

    def write(self, kind: TextKind) -> None:
        """Write the file of the text in hand, to be changed."""
        path = files.ask_save(self._page, "存出文稿样", f"{kind.id}.toml", _KIND)
        if path is not None:
            own_texts.TEXTS.write(self._session, kind.id, path)
            offer_folder(self._page, "文稿样已保存。用记事本改好，换一个 id，再读入。", path)

    def remove(self, kind: TextKind) -> None:
        """Take an own text off the list."""
        if messages.confirm(self._page, f"删除“{kind.name}”这份文稿样？存成 Word 的文稿还在。", "删除", True):
            own_texts.TEXTS.remove(self._session, kind.id)
            self._changed("")

    def show_help(self) -> None:
        """How a file is written."""
        HelpTexts(self._page, "文稿样", "给要自己定文稿写法的人；平时用自带的就够了。", _HELP).exec()
