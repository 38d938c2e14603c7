"""What monitoring has found about one household, campaign by campaign, and the sheet that is still to be filled in."""

from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from db.domain.records.monitoring import MONITORING
from db.domain.records.record_form import RecordKind
from db.services import monitoring
from db.services.former_archives import FormerArchive, former_archives, household_records
from db.services.monitoring import Campaign
from db.services.records import Record
from desktop import theme
from desktop.assessment.layouts import clear_below
from desktop.context import AppContext
from desktop.monitoring import sheet_acts
from desktop.moves.former_mark import former_mark
from desktop.widgets.basics import Card, Icon, button, label, line


class SheetsCard(Card):
    """The sheets of a household, the latest first; hidden where there is nothing to show."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("动态监测")
        self._context, self._session = context, context.session
        self._archive_id = ""
        self._may_change = False
        self._former: dict[str, FormerArchive] = {}

    def show_archive(self, archive_id: str, may_change: bool) -> None:
        """Show the sheets of an archive."""
        self._archive_id, self._may_change = archive_id, may_change
        clear_below(self.body)
        sheets = household_records(self._session, archive_id, RecordKind.MONITORING)
        self._former = former_archives(self._session, archive_id)
        done = {sheet.subject_id for sheet in sheets if sheet.archive_id == archive_id}
        waiting = [item for item in monitoring.campaigns_of(self._session, archive_id) if item.id not in done and may_change]
        rows = [*(self._waiting_row(item) for item in waiting), *(self._sheet_row(sheet) for sheet in reversed(sheets))]
        for at, row in enumerate(rows):
            if at:
                self.body.addWidget(line())
            self.body.addLayout(row)
        self.setVisible(bool(rows))

    def _waiting_row(self, item: Campaign) -> QHBoxLayout:
        late = item.has_passed
        row = self._row("triangle-alert" if late else "circle", theme.AMBER if late else theme.SECONDARY)
        row.addWidget(label(f"{item.due_on} 以前", "strong"))
        row.addWidget(label(f"{item.title}：{'已逾期，' if late else ''}还没有入户", "warning" if late else ""))
        row.addStretch(1)
        row.addWidget(button("打印带去…", act=partial(self._print, item.id)))
        row.addWidget(button("填写记录表…", act=partial(self._fill, item.id)))
        return row

    def _sheet_row(self, sheet: Record) -> QHBoxLayout:
        relapse = sheet.content.values.get("relapse_advised") is True
        row = self._row(*(("triangle-alert", theme.AMBER) if relapse else ("circle-check", theme.GREEN)))
        advice = f"建议返困（{MONITORING.words(sheet.content, 'relapse_class')}）" if relapse else "不建议返困"
        where = sheet.content.text("campaign_title")
        row.addWidget(label(sheet.on_day, "strong"))
        row.addWidget(label(f"{where}：{advice}" if where else advice, "warning" if relapse else ""))
        row.addStretch(1)
        former = self._former.get(sheet.archive_id)
        if former is not None:
            row.addWidget(former_mark(self._context, former))
        row.addWidget(button("打印…", act=partial(self._print, sheet.subject_id or "", sheet.archive_id)))
        if self._may_change and former is None:
            row.addWidget(button("打开…", act=partial(self._fill, sheet.subject_id or "")))
        return row

    @staticmethod
    def _row(icon: str, colour: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Icon(icon, colour, 16))
        return row

    def _print(self, campaign_id: str, archive_id: str = "") -> None:
        sheet_acts.print_sheets(self._context, self, [archive_id or self._archive_id], campaign_id)

    def _fill(self, campaign_id: str) -> None:
        sheet_acts.fill_sheet(self._context, self, self._archive_id, campaign_id)
