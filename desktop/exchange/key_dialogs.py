"""When keys are lost: stop trusting those of an office, make new ones for this one, let the numbering follow on."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from db.services import exchange
from db.services.exchange import EndedKeys, KeyRenewal, Partner
from desktop import background, theme
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog
from desktop.exchange.overview import relation_label
from desktop.exchange.partner_dialogs import CardFace, fingerprint_label
from desktop.moments import moment
from desktop.widgets.basics import Note, button, label

_ENDINGS = {"replaced": "换成了新名片", "revoked": "停用"}
_OTHER = "其他原因"
_REASONS_THEIRS = ("对方的电脑丢失", "对方的电脑被盗", "对方的单位数据泄露", "登记错了单位", _OTHER)
_REASONS_OWN = ("电脑丢失", "电脑被盗", "U 盘连同备份丢失", "经办人离任，口令可能外传", _OTHER)


class ReasonPicker(QWidget):
    """A reason from a short list, or in words of one's own."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.addItems(list(reasons))
        self.words = QLineEdit()
        self.words.setPlaceholderText("请写明原因，以后查得到")
        self.words.setMaxLength(200)
        self.choice.currentTextChanged.connect(lambda text: self.words.setVisible(text == _OTHER))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.choice)
        column.addWidget(self.words)
        self.words.hide()

    def reason(self) -> str:
        """The reason; empty while none is written."""
        chosen = self.choice.currentText()
        return self.words.text().strip() if chosen == _OTHER else chosen


class PartnerDialog(PlainDialog):
    """A registered office: its card, its former keys, and what to do when it has lost its computer."""

    def __init__(self, parent: QWidget, partner: Partner, today: date | None = None) -> None:
        registered = f"{relation_label(partner)}　{partner.enrolled_at[:10]} 登记，经办人 {partner.enrolled_by}"
        super().__init__(parent, "往来单位", registered)
        self.wanted = ""
        """``enrol``, ``revoke`` or ``number``: what the clerk asked for."""
        self.body.addWidget(CardFace(partner))
        if partner.revoked_at:
            self.body.addWidget(Note(_revoked_sentence(partner), "error"))
        else:
            self.body.addWidget(Note("对方换了电脑、换了密钥时，请它重新导出名片，再登记一次；已收的档案不受影响。"))
        for keys in partner.ended_keys:
            self.body.addWidget(label(_ended_line(keys, today), "small", wrap=True))
        if not partner.revoked_at:
            self.foot.addWidget(button("停用密钥…", act=lambda: self._want("revoke")))
            if partner.relation != "child":
                self.foot.addWidget(button("接着编号…", act=lambda: self._want("number")))
        self.foot.addStretch(1)
        again = button("重新登记…", "primary" if partner.revoked_at else "", act=lambda: self._want("enrol"))
        self.foot.addWidget(again)
        self.foot.addWidget(button("关闭", "" if partner.revoked_at else "primary", act=self.accept))

    def _want(self, act: str) -> None:
        self.wanted = act
        self.accept()


def _revoked_sentence(partner: Partner) -> str:
    day = (partner.revoked_at or "")[:10]
    return f"它的密钥已于 {day} 停用，用它签名的数据包一律不收。请它更换密钥、导出新名片，再在这里重新登记。"


def _ended_line(keys: EndedKeys, today: date | None) -> str:
    when = moment(keys.ended_at, today) if today else keys.ended_at[:10]
    return f"以前的指纹 {keys.fingerprint}　{when} {_ENDINGS.get(keys.ending, keys.ending)}，经办人 {keys.ended_by}"


class RevokeDialog(PlainDialog):
    """Asks for the reason before the keys of an office are trusted no more."""

    def __init__(self, parent: QWidget, partner: Partner) -> None:
        super().__init__(parent, f"停用“{partner.name}”的密钥", "它的电脑丢失、被盗，或数据可能落到别人手里时用。")
        self.picker = ReasonPicker(_REASONS_THEIRS)
        self._sure = QCheckBox("我知道停用以后不能恢复，只能登记它的新名片")
        self.body.addWidget(label("停用以后：", "strong"))
        for sentence in (
            "· 用原密钥签名的数据包一律不收，路上的也不收；",
            "· 已经收到的档案、回执和记录都不变；",
            "· 它更换密钥、导出新名片，核对指纹重新登记后，照常往来。",
        ):
            self.body.addWidget(label(sentence, wrap=True))
        self.body.addWidget(label("原因", "strong"))
        self.body.addWidget(self.picker)
        self.body.addWidget(self._sure)
        self.go = button("停用", "danger", act=self.accept)
        self.go.setEnabled(False)
        self._sure.toggled.connect(self._tell)
        self.picker.words.textChanged.connect(self._tell)
        self.picker.choice.currentTextChanged.connect(self._tell)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    def _tell(self) -> None:
        self.go.setEnabled(self._sure.isChecked() and bool(self.picker.reason()))

    def agree(self) -> None:
        """Tick the box, as a click would."""
        self._sure.setChecked(True)


class RenewDialog(PlainDialog):
    """Explains what new keys mean and asks for the reason."""

    def __init__(self, parent: QWidget, fingerprint: str, partners: list[Partner]) -> None:
        super().__init__(parent, "更换本单位的密钥", "本单位的电脑、备份盘丢失或被盗时用，防止别人冒用本单位。", width=620)
        self.picker = ReasonPicker(_REASONS_OWN)
        names = "、".join(partner.name for partner in partners) or "（还没有登记过单位）"
        self.body.addWidget(label(f"现在的指纹　{fingerprint}", "secondary"))
        for number, sentence in enumerate(_STEPS, 1):
            self.body.addWidget(label(f"{number}. {sentence}", wrap=True))
        self.body.addWidget(Note(f"要重新登记本单位名片的：{names}。它们登记以前，不收本单位的数据包。", "warning"))
        self.body.addWidget(label("原因", "strong"))
        self.body.addWidget(self.picker)
        self.go = button("更换密钥", "primary", act=self.accept)
        self.picker.words.textChanged.connect(self._tell)
        self.picker.choice.currentTextChanged.connect(self._tell)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go)

    def _tell(self) -> None:
        self.go.setEnabled(bool(self.picker.reason()))


_STEPS = (
    "先给上级和下级打电话，请它们把本单位的密钥停用。丢失的电脑就不能再冒用本单位了。",
    "在恢复了备份的电脑上更换密钥，导出新名片，交给各单位；在电话里核对新指纹，重新登记。",
    "档案、包号和上报状态都不变；路上还没收到的回执和下发的数据包，用旧密钥加密的也照样能打开。",
    "用旧密钥签名、对方还没有收的数据包会被拒收，请重新导出。",
)


class RenewedDialog(PlainDialog):
    """The new fingerprint, and that the card has to go out."""

    def __init__(self, parent: QWidget, renewal: KeyRenewal) -> None:
        super().__init__(parent, "密钥已更换", f"原指纹 {renewal.former_fingerprint} 从现在起不再使用。")
        self.body.addWidget(label("新指纹", "secondary"))
        self.body.addWidget(fingerprint_label(renewal.card.fingerprint))
        names = "、".join(partner.name for partner in renewal.partners)
        sentence = f"请把新名片交给{names}，核对指纹重新登记。" if names else "以后与别的单位往来时，导出新名片交给它登记。"
        self.body.addWidget(Note(sentence, "action"))
        self.foot.addStretch(1)
        self.foot.addWidget(button("以后再导出", act=self.reject))
        self.foot.addWidget(button("导出新名片…", "primary", act=self.accept))


class NumberDialog(PlainDialog):
    """The office above says which bundle it had last; the next one follows on."""

    def __init__(self, parent: QWidget, partner: Partner) -> None:
        hint = f"“{partner.name}”说本单位又从头编号时用：多半是从旧备份恢复过。"
        super().__init__(parent, "接着编号", hint)
        self.last = QSpinBox()
        self.last.setRange(1, 1_000_000)
        self.last.setFixedWidth(theme.sp(160))
        self.body.addWidget(label("对方收过的最后一包是第几包", "strong"))
        self.body.addWidget(self.last)
        self.body.addWidget(label("下一包从它的后面编起。编号只会往后，不会退回。", "secondary", wrap=True))
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("接着编号", "primary", act=self.accept))


# -- the acts ----------------------------------------------------------------------------------------------------


def open_partner(parent: QWidget, context: AppContext, partner: Partner) -> str:
    """Show an office and do what the clerk asks for; ``enrol`` is left to the caller and returned."""
    dialog = PartnerDialog(parent, partner, date.fromisoformat(context.session.today))
    dialog.exec()
    if dialog.wanted == "revoke":
        revoke(parent, context, partner)
    elif dialog.wanted == "number":
        continue_numbering(parent, context, partner)
    return dialog.wanted


def revoke(parent: QWidget, context: AppContext, partner: Partner) -> None:
    """Ask, then trust the keys of *partner* no more."""
    dialog = RevokeDialog(parent, partner)
    if not dialog.exec():
        return
    reason = dialog.picker.reason()

    def done(_partner: Partner) -> None:
        context.changes.bundles_changed.emit()
        context.window.notify(f"已停用{partner.name}的密钥。")

    background.run(
        parent,
        lambda progress: exchange.revoke(context.session, partner.id, reason),
        done,
        title="正在停用…",
        cancellable=False,
    )


def continue_numbering(parent: QWidget, context: AppContext, partner: Partner) -> None:
    """Ask for the last number the partner has, then number on."""
    dialog = NumberDialog(parent, partner)
    if not dialog.exec():
        return
    last = dialog.last.value()
    background.run(
        parent,
        lambda progress: exchange.continue_numbering(context.session, partner.id, last),
        lambda following: context.window.notify(f"给{partner.name}的下一包是第 {following} 包。"),
        title="正在保存…",
        cancellable=False,
    )


def renew_own_keys(parent: QWidget, context: AppContext, save_card: Callable[[], None]) -> None:
    """Explain, ask, renew; then *save_card* is called when the clerk wants to write the new card at once."""
    session = context.session
    dialog = RenewDialog(parent, exchange.own_card(session).fingerprint, exchange.list_partners(session))
    if not dialog.exec():
        return
    reason = dialog.picker.reason()

    def done(renewal: KeyRenewal) -> None:
        context.changes.bundles_changed.emit()
        if RenewedDialog(parent, renewal).exec():
            save_card()

    background.run(
        parent,
        lambda progress: exchange.renew_own_keys(session, reason),
        done,
        title="正在更换密钥…",
        cancellable=False,
    )
