"""设置 · 政策: the packs and the standards this office works by; figures are changed, sent and received here."""

from PySide6.QtWidgets import QHBoxLayout

from db.services.policies import PolicyRow
from desktop import messages
from desktop.context import AppContext
from desktop.policy.delivery import PolicyReceiver, send_policy
from desktop.policy.edit_dialog import EditPolicyDialog
from desktop.policy.help_reader import PolicyHelp
from desktop.policy.pack_list import PackList
from desktop.policy.standards_view import StandardsView
from desktop.settings.section import SettingsSection
from desktop.widgets.basics import button
from desktop.widgets.segmented import Segmented

PACKS, STANDARDS = "packs", "standards"


class PolicySection(SettingsSection):
    """Two views: policies, and dated standards."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._view: Segmented[str] = Segmented([(PACKS, "政策"), (STANDARDS, "低保等标准")])
        self.packs = PackList(context)
        self.standards = StandardsView(context)
        self.receiver = PolicyReceiver(context, self)
        self.standards.hide()
        row = QHBoxLayout()
        row.addWidget(self._view)
        row.addStretch(1)
        row.addWidget(button("政策说明", "quiet", "info", lambda: PolicyHelp(self).exec()))
        self.column.addLayout(row)
        # no stack: the page scrolls by what is in front, not by the longer of both
        self.column.addWidget(self.packs, 1)
        self.column.addWidget(self.standards, 1)
        self._view.changed.connect(lambda name: self.show_view(str(name)))
        self.packs.edit_wanted.connect(self.edit)
        self.packs.send_wanted.connect(self._send)
        self.packs.receive_wanted.connect(self._receive)
        self.packs.changed.connect(self._tell)
        self.standards.changed.connect(self._tell)
        self._view.set_value(PACKS)

    def show_view(self, name: str) -> None:
        """Bring one of the two views forward."""
        self._view.set_value(name)
        shown, hidden = (self.standards, self.packs) if name == STANDARDS else (self.packs, self.standards)
        hidden.hide()
        shown.refresh()
        shown.show()

    def refresh(self) -> None:
        """Read again what is in front."""
        self.show_view(self._view.value() or PACKS)

    def edit(self, row: PolicyRow) -> None:
        """Change figures of a version and store them as the next one."""
        if row.loaded is None:
            return
        dialog = EditPolicyDialog(self, self.context.session, row.loaded)
        if dialog.exec() and dialog.saved is not None:
            self.packs.refresh()
            self.packs.mark(dialog.saved.sha256)
            self._tell()
            messages.notify(self, f"已存为版本 {dialog.saved.pack.version}，{dialog.saved.pack.begins} 起执行")

    def _send(self, row: PolicyRow) -> None:
        if row.loaded is not None:
            send_policy(self.context, self, row.loaded)

    def _receive(self) -> None:
        if not self.receiver.ask():
            return
        offer = self.receiver.accepted[-1]
        self.refresh()
        if offer.pack is not None:
            self.packs.mark(offer.pack.sha256)
        self._tell()
        messages.notify(self, "政策文件已收下")

    def _tell(self) -> None:
        self.context.changes.office_changed.emit()
