"""What is done with the forms of tables: the blank one, and tables that the office lays out itself as files."""

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from db.domain.reports.layout import ReportLayout
from db.errors import NuandangError
from db.services import report_papers, report_tables
from desktop import files, messages
from desktop.context import AppContext
from desktop.exchange.dialog import offer_folder
from desktop.exchange.print_dialog import PrintDialog
from desktop.papers.exits_dialog import open_exits
from desktop.policy.help_reader import HelpTexts
from desktop.reports.copies_dialog import open_copies

_KIND = "统计表样 (*.toml)"
_HELP = (("help/report_tables.md", "怎样写统计表样"),)


class TableFiles:
    """The acts behind 更多, for a page that shows one table; *changed* gets the id of the table to show then."""

    def __init__(self, page: QWidget, context: AppContext, changed: Callable[[str], object]) -> None:
        self._page, self._context, self._session, self._changed = page, context, context.session, changed

    def menu(self, layout: ReportLayout) -> QMenu:
        """The acts for the table in hand."""
        menu = QMenu(self._page)
        menu.addAction("打印空白表…", lambda: self.print_blank(layout))
        if layout.id == "exits":
            menu.addAction("逐户的退档情况表…", lambda: open_exits(self._context, self._page))
        menu.addAction("上报稿…", lambda: open_copies(self._context, self._page))
        menu.addSeparator()
        menu.addAction("读入表样…", self.take)
        menu.addAction("存出表样…", lambda: self.write(layout))
        own = report_tables.TABLES.own(self._session).get(layout.id)
        if own is not None and own.is_own:
            menu.addAction("删除这张表样…", lambda: self.remove(layout))
        menu.addAction("怎样写表样", self.show_help)
        return menu

    def show_menu(self, button: QWidget, layout: ReportLayout) -> None:
        """Open the menu below a button."""
        self.menu(layout).exec(button.mapToGlobal(QPoint(0, button.height())))

    def print_blank(self, layout: ReportLayout) -> None:
        """The form without figures."""
        title = layout.titled("", "").removeprefix("年")
        pdf = report_papers.report_pdf(self._session, None, layout.id)
        PrintDialog(self._page, pdf, "空白统计表", f"{title}-空白.pdf", "空白表", private=False).exec()

    def take(self) -> None:
        """Read a table from a file; what is wrong with it is said with its line."""
        path = files.ask_open(self._page, "读入统计表样", _KIND)
        if path is None:
            return
        try:
            layout = report_tables.TABLES.take(self._session, path)
        except NuandangError as fault:
            messages.show_error(self._page, fault)
            return
        self._changed(layout.id)

    def write(self, layout: ReportLayout) -> None:
        """Write the file of the table in hand, to be changed."""
        path = files.ask_save(self._page, "存出统计表样", f"{layout.id}.toml", _KIND)
        if path is not None:
            report_tables.TABLES.write(self._session, layout.id, path)
            offer_folder(self._page, "表样已保存。用记事本改好，换一个 id，再读入。", path)

    def remove(self, layout: ReportLayout) -> None:
        """Take an own table off the list."""
        text = f"删除“{layout.titled('', '')}”这张表样？留存过的上报稿还在。"
        if messages.confirm(self._page, text, "删除", True):
            report_tables.TABLES.remove(self._session, layout.id)
            self._changed("")

    def show_help(self) -> None:
        """How a file is written."""
        HelpTexts(self._page, "统计表样", "给要自己做表的人；平时用自带的表就够了。", _HELP).exec()
