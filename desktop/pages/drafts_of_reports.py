"""文稿: drafts of the texts that are handed in, their figures filled in, and where each figure comes from."""

from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QSize
from PySide6.QtWidgets import QSplitter, QTextBrowser, QVBoxLayout

from db.domain.reports.cross_table import missing_words
from db.domain.reports.text_drafts import DraftText, TextKind, UsedFigure, pieces
from db.services import text_drafts
from desktop import background, files, theme
from desktop.aid.households_dialog import HouseholdsDialog
from desktop.context import AppContext, Page
from desktop.exchange.dialog import offer_folder
from desktop.reports.period_choice import PeriodChoice
from desktop.reports.sections import DRAFTS, add_switch
from desktop.reports.text_files import TextFiles
from desktop.widgets.basics import Card, EmptyState, Note, PageHeader, label
from desktop.widgets.house_list import HouseList
from desktop.widgets.rows import Column, RowsModel, rows_table

_SIZES = (210, 560, 390)
"""Widths of the three parts on the smallest screen."""
_CHOOSE = "典型案例写的是具体的家庭。先选一户或几户，文稿里只写“张某”，不写号码、住址和单位。"


class DraftsPage(Page):
    """The kinds of text at the left, the draft in the middle, its figures at the right."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._session = context.session
        self.draft: DraftText | None = None
        self._wanted = object()
        self._chosen: list[str] = []
        self.header = PageHeader("报表")
        add_switch(self.header, context, DRAFTS)
        self.period = PeriodChoice(context.session.today)
        self.header.add(self.period)
        self._files = TextFiles(self, context, self._on_kinds_changed)
        self.more = self.header.add_action("更多", lambda: self._files.show_menu(self.more, self._kind()))
        self.choose_step = self.header.add_action("选家庭…", self.choose_households, icon="users")
        self.save_step = self.header.add_action("存为 Word…", self.save, "primary", "save")
        self.kinds = HouseList("文稿")
        self._known: dict[str, TextKind] = {}
        self._fill_kinds()
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("文稿预览")
        self.figures: RowsModel[UsedFigure] = RowsModel(self._columns())
        self.table = rows_table(self.figures)
        self.table.setAccessibleName("文中的数字")
        self._hint, self.note = label("", "secondary", wrap=True), Note("", "plain")
        self._nothing = EmptyState("users", _CHOOSE, "选家庭…", self.choose_households)
        self._arrange()
        self.kinds.currentItemChanged.connect(lambda *_: self.work_out())
        self.period.changed.connect(self.work_out)
        self.table.opened.connect(self._on_figure)

    def _columns(self) -> list[Column[UsedFigure]]:
        return [
            Column("数字", lambda item: item.text, 130, bold=True),
            Column("说的是什么", lambda item: item.label, 190),
        ]

    def _arrange(self) -> None:
        left, middle, right = Card(), Card(), Card("文中的数字", "双击看是怎样来的")
        self.kinds.setFrameShape(HouseList.Shape.NoFrame)
        left.body.setContentsMargins(8, 8, 8, 12)
        left.body.addWidget(self.kinds, 1)
        left.body.addWidget(self._hint)
        middle.body.addWidget(self.note)
        middle.body.addWidget(self.text, 1)
        middle.body.addWidget(self._nothing, 1)
        right.body.addWidget(self.table, 1)
        left.setMinimumWidth(theme.sp(190))
        self.text.setMinimumSize(QSize(theme.sp(320), theme.sp(200)))
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        for part, share in ((left, 0), (middle, 3), (right, 2)):
            parts.addWidget(part)
            parts.setStretchFactor(parts.count() - 1, share)
        parts.setSizes([theme.sp(size) for size in _SIZES])
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(parts, 1)
        self._right = right

    # -- showing

    def _fill_kinds(self, wanted: str = "") -> None:
        """The texts there are, *wanted* in hand; else the one that was, else the first."""
        found = text_drafts.kinds(self._session)
        chosen = wanted or (self.kinds.current_name() if self._known else "")
        blocked = self.kinds.blockSignals(True)
        if list(found.items()) != list(self._known.items()):
            self.kinds.clear()
            for kind in found.values():
                self.kinds.add_entry(kind.id, kind.name, "file-text")
            self._known = found
        self.kinds.setCurrentRow(list(found).index(chosen) if chosen in found else 0)
        self.kinds.blockSignals(blocked)

    def _on_kinds_changed(self, kind: str) -> None:
        self.open(kind or next(iter(text_drafts.kinds(self._session))))

    def _kind(self) -> TextKind:
        return self._known[self.kinds.current_name()]

    def open(self, kind: str = "", archive_ids: list[str] | None = None, **_: Any) -> None:
        """Show a draft; what was shown before where nothing is named."""
        if archive_ids:
            self._chosen = list(archive_ids)
        self._fill_kinds(kind)  # one may have come from above
        self.work_out()
        self.kinds.setFocus()

    def place(self) -> dict[str, Any]:
        """Which kind, of which households."""
        return {"kind": self.kinds.current_name(), "archive_ids": self._chosen}

    def explain(self) -> str:
        """What the kind in hand is for."""
        return self._kind().hint

    def work_out(self) -> None:
        """Fill the text in anew."""
        session, period, chosen = self._session, self.period.period(), list(self._chosen)
        kind = self._kind()
        self._hint.setText(f"{kind.hint}{kind.due_words}")
        self.choose_step.setVisible(kind.of_households)
        self.period.setVisible(not kind.of_households)
        wanted = self._wanted = object()
        if kind.of_households and not chosen:
            self._show(None)
            return

        def done(found: DraftText) -> None:
            if wanted is self._wanted:
                self._show(found)

        households = chosen if kind.of_households else []
        background.run_while_shown(self, lambda: text_drafts.make_text(session, kind.id, period, households), done)

    def _show(self, draft: DraftText | None) -> None:
        self.draft = draft
        self.save_step.setEnabled(draft is not None)
        self._nothing.setVisible(draft is None)
        self.text.setVisible(draft is not None)
        self.note.setVisible(draft is not None)
        self._right.setVisible(draft is not None and bool(draft.figures))
        if draft is not None:
            self.header.set_texts("报表", "")
            late = missing_words(draft.missing)
            words = f"黄色的 {draft.gaps} 处程序不知道，存成 Word 以后请您补充。数字照现在的记录算。"
            self.note.show_text("".join([words, *late]), "warning" if late else "plain")
            self.text.setHtml(_html(draft))
            self.figures.show_rows(draft.figures)

    def _on_figure(self, index: QModelIndex) -> None:
        figure = self.figures.row_at(index)
        if figure is not None and figure.request is not None:
            self.context.window.show_page("cross_table", request=figure.request)
        elif figure is not None:
            self.context.window.show_page("reports", report_id=figure.report_id, year=self.period.period().year)

    # -- acts

    def choose_households(self) -> None:
        """Which households a case tells of."""
        dialog = HouseholdsDialog(self, self.context, "选写进典型案例的家庭", "文稿里不写姓名、号码、住址和单位。", "起草")
        if dialog.exec():
            self._chosen = dialog.ids()
            self.work_out()

    def save(self) -> None:
        """The draft for Word or WPS."""
        assert self.draft is not None
        session, draft = self._session, self.draft
        path: Path | None = files.ask_save(self, "存为 Word", f"{draft.kind.name}.docx", "Word 文档 (*.docx)")
        if path is not None:
            background.run(
                self,
                lambda _progress: text_drafts.write_text(session, draft, path),
                lambda _none: offer_folder(self, "文稿已保存。请补充黄色的地方，定稿时删去最后一页。", path),
                title="正在写 Word…",
            )


def _html(draft: DraftText) -> str:
    """The draft for the preview: headings bold, what is to be written on yellow."""
    size = theme.sp(15)
    parts = [f'<p style="font-size:{theme.sp(19)}px; font-weight:600" align="center">{_words(draft.title)}</p>']
    for section in draft.sections:
        if section.heading:
            parts.append(f'<p style="font-size:{size}px; font-weight:600; text-indent:{2 * size}px">{_words(section.heading)}</p>')
        for text in section.paragraphs:
            parts.append(f'<p style="font-size:{size}px; line-height:150%; text-indent:{2 * size}px">{_words(text)}</p>')
    parts += [f'<p style="font-size:{size}px" align="right">{escape(words)}</p>' for words in (draft.office_name, draft.made_on)]
    return "".join(parts)


def _words(text: str) -> str:
    return "".join(
        f'<span style="background-color:{theme.TO_WRITE}">{escape(words)}</span>' if to_write else escape(words)
        for words, to_write in pieces(text)
    )
