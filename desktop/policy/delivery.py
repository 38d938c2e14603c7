"""Policy on a stick: write a pack for the offices below, and take in what the office above has signed, after a preview."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from db.errors import NuandangError, UserError
from db.services import policies
from db.services.policies import LoadedPack, PolicyOffer
from desktop import background, files, messages, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.widgets.basics import Card, Note, button, label

KIND = f"政策文件 (*{policies.POLICY_SUFFIX})"
KINDS = f"政策文件 (*{policies.POLICY_SUFFIX} *.toml)"
_UNSIGNED = "policy_file_unsigned"


class SendPolicyDialog(PlainDialog):
    """What goes into the file."""

    def __init__(self, parent: QWidget, loaded: LoadedPack) -> None:
        pack = loaded.pack
        super().__init__(parent, "导出给下级", f"{pack.title}　版本 {pack.version}，{pack.begins} 起")
        self.with_standards = QCheckBox("连同本单位登记和收到的标准表（低保标准等）")
        self.with_standards.setChecked(True)
        self.body.addWidget(self.with_standards)
        self.body.addWidget(Note("文件由本单位签名，下级登记过本单位的名片才能收下。里面没有职工资料。", "action"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("选择存放位置…", "primary", act=self.accept))


def send_policy(context: AppContext, parent: QWidget, loaded: LoadedPack) -> None:
    """Ask what to send and where to, then write the file."""
    dialog = SendPolicyDialog(parent, loaded)
    if not dialog.exec():
        return
    path = files.ask_save(parent, "导出政策文件", policies.delivery_name(loaded), KIND)
    if path is None:
        return
    with_standards = dialog.with_standards.isChecked()
    background.run(
        parent,
        lambda _progress: policies.export_policy(
            context.session, loaded.pack.id, path, with_standards=with_standards, sha256=loaded.sha256
        ),
        lambda written: offer_folder(parent, "政策文件已写好，请交给下级单位，在“设置 → 政策”里接收。", written),
        title="正在写政策文件…",
        cancellable=False,
    )


class OfferDialog(PlainDialog):
    """What a policy file would change, and from which day; nothing is stored before it is accepted."""

    def __init__(self, parent: QWidget, offer: PolicyOffer) -> None:
        who = f"{offer.sender_name} 签名下发，{offer.made_at[:10]} 制作" if offer.is_signed else "没有单位签名，由你确认来源"
        super().__init__(parent, "接收政策文件", f"{offer.name}　{who}", width=680)
        if offer.pack is not None:
            self.body.addWidget(self._pack_card(offer.pack))
        for item in offer.tables:
            self.body.addWidget(label(f"标准表：{item.table.label}，{len(item.table.value)} 条"))
        if not offer.is_new:
            self.body.addWidget(Note("与本单位现有的相同，不用再收。", "done"))
        if not offer.is_signed:
            self.body.addWidget(Note("请先确认这个文件是谁给的。收下后算作本单位自己的政策。", "warning"))
        if offer.changes:
            self.body.addWidget(label(f"和现在不同的 {len(offer.changes)} 处", "strong"))
            self.body.addWidget(self._listed(offer.changes), 1)
        for text in offer.notes:
            self.body.addWidget(Note(text, "action"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消" if offer.is_new else "关闭", act=self.reject))
        if offer.is_new:
            self.foot.addWidget(button("收下", "primary", act=self.accept))

    def _pack_card(self, loaded: LoadedPack) -> Card:
        pack = loaded.pack
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        ends = f" 至 {pack.ends}" if pack.ends else " 起"
        rows = [("政策", f"{pack.title}　版本 {pack.version}", "strong"), ("有效期", f"{pack.begins}{ends}", "")]
        if pack.note:
            rows.append(("说明", pack.note.strip(), ""))
        for row, (caption, text, role) in enumerate(rows):
            grid.addWidget(label(caption, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(text, role, wrap=True), row, 1)
        card.body.addLayout(grid)
        return card

    @staticmethod
    def _listed(lines: tuple[str, ...]) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        for text in lines:
            column.addWidget(label(f"· {text}", wrap=True))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setMinimumHeight(theme.sp(min(260, 34 + 30 * len(lines))))
        area.setWidget(inside)
        return area


class PolicyReceiver:
    """Leads from a file to an accepted policy."""

    def __init__(self, context: AppContext, parent: QWidget) -> None:
        self._context, self._parent = context, parent
        self.accepted: list[PolicyOffer] = []

    def ask(self) -> bool:
        """Ask for a file and take it in; whether anything changed."""
        path = files.ask_open(self._parent, "接收政策文件", KINDS)
        return path is not None and self.take(path)

    def take(self, path: Path) -> bool:
        """Check *path*, show what it would change, and accept it when the clerk agrees."""
        try:
            offer = self._read(path)
        except NuandangError as fault:
            messages.show_error(self._parent, fault)
            return False
        if offer is None or not OfferDialog(self._parent, offer).exec() or not offer.is_new:
            return False
        try:
            changed = policies.accept_policy(self._context.session, offer)
        except NuandangError as fault:
            messages.show_error(self._parent, fault)
            return False
        self.accepted.append(offer)
        return changed

    def _read(self, path: Path) -> PolicyOffer | None:
        session = self._context.session
        try:
            return policies.read_policy_file(session, path)
        except UserError as fault:
            if fault.code != _UNSIGNED:
                raise
        sentence = f"“{path.name}”没有单位签名，程序认不出是谁做的。只有你亲自从上级拿到、认得来源，才继续。"
        if not messages.confirm(self._parent, sentence, "继续查看"):
            return None
        return policies.read_policy_file(session, path, allow_unsigned=True)
