"""设置 · 经办人: who can sign in, one's own passphrase, a new recovery code."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.errors import UserError
from db.services import office as offices
from db.services.office import Clerk
from desktop import background, messages
from desktop.context import AppContext
from desktop.settings.section import FormDialog, SettingsSection
from desktop.start.passphrase_fields import NewPassphrase, PassphraseEdit
from desktop.start.recovery_code import RECOVERY_CONFIRMED, RecoveryCodePanel
from desktop.widgets.basics import Card, Icon, button, label


class AddClerkDialog(FormDialog):
    """Name and first passphrase of a further clerk."""

    def __init__(self, parent: QWidget, context: AppContext) -> None:
        super().__init__(parent, "增加经办人", "增加")
        self._context = context
        self._name = QLineEdit()
        self._name.setPlaceholderText("真实姓名，会印在表上“建档人”一栏")
        self._new = NewPassphrase("由本人输入的登录口令")
        for widget in (label("姓名"), self._name, self._new):
            self.body.addWidget(widget)

    def submit(self) -> None:
        """Add the clerk."""
        name, passphrase = self._name.text().strip(), self._new.passphrase()
        if not name or not passphrase:
            self.complain("请填写姓名，并把同一个口令输入两遍，至少 8 个字符。")
            return
        self.accept_button.setEnabled(False)
        session = self._context.session
        _run(self, lambda: offices.add_clerk(session, name, passphrase))


class ChangePassphraseDialog(FormDialog):
    """Old and new passphrase of the clerk who is signed in."""

    def __init__(self, parent: QWidget, context: AppContext) -> None:
        super().__init__(parent, "修改我的口令", "修改口令")
        self._context = context
        self._old = PassphraseEdit("现在的登录口令")
        self._new = NewPassphrase("新的登录口令")
        for widget in (label("现在的口令"), self._old, self._new):
            self.body.addWidget(widget)

    def submit(self) -> None:
        """Change the passphrase."""
        old, new = self._old.text(), self._new.passphrase()
        if not old or not new:
            self.complain("请输入现在的口令，并把新的口令一样地输入两遍。")
            return
        self.accept_button.setEnabled(False)
        session = self._context.session
        _run(self, lambda: offices.change_passphrase(session, old, new))


class RecoveryCodeDialog(FormDialog):
    """Shows the new code until one of its groups is typed from paper."""

    def __init__(self, parent: QWidget, context: AppContext, code: str) -> None:
        super().__init__(parent, "新的恢复码", "已经记下")
        self._context = context
        self.panel = RecoveryCodePanel(context.session.office.name, code)
        self.body.addWidget(self.panel)
        self.refuse_button.hide()
        self.accept_button.setEnabled(False)
        self.panel.confirmed.connect(self.accept_button.setEnabled)

    def submit(self) -> None:
        """Remember that the code is on paper."""
        offices.set_setting(self._context.session, RECOVERY_CONFIRMED, "yes")
        self.accept()


def _run(dialog: FormDialog, work: Callable[[], object]) -> None:
    def failed(exc: BaseException) -> None:
        if isinstance(exc, UserError):
            dialog.complain(exc.text())
        else:
            dialog.accept_button.setEnabled(True)
            messages.show_error(dialog, exc)

    background.run(
        dialog, lambda _progress: work(), lambda _outcome: dialog.accept(), failed, "正在处理…", cancellable=False
    )


class ClerksSection(SettingsSection):
    """Clerks, passphrase, recovery code."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._list = Card("经办人", "每人用自己的口令登录，改动记在各自名下")
        self._list.head.addWidget(button("增加经办人", "", "plus", self._add))
        self._rows: list[QWidget] = []
        own = Card("我的口令", "只有你自己知道；换人时请增加经办人，不要共用")
        own.head.addWidget(button("修改我的口令", "", "key-round", self._change))
        recovery = Card("恢复码")
        recovery.head.addWidget(button("换新的恢复码", "", "refresh-cw", self._renew))
        self._recovery_state = label("", "secondary", wrap=True)
        recovery.body.addWidget(self._recovery_state)
        for card in (self._list, own, recovery):
            self.column.addWidget(card)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """List the clerks."""
        for row in self._rows:
            self._list.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._clerk_row(clerk) for clerk in offices.list_clerks(self.context.session)]
        for row in self._rows:
            self._list.body.addWidget(row)
        confirmed = offices.get_setting(self.context.session, RECOVERY_CONFIRMED, "")
        state = "已经打印并核对过。" if confirmed else "还没有核对过：请换一个新的恢复码，打印并锁进柜子。"
        self._recovery_state.setText(f"忘记口令时用它重设口令。{state}纸张丢失或被人看到时也请换新的。")

    def _clerk_row(self, clerk: Clerk) -> QWidget:
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        mine = clerk.id == self.context.session.clerk.id
        inner.addWidget(Icon("user"))
        inner.addWidget(label(clerk.name))
        if mine:
            inner.addWidget(label("正在使用", "badge"))
        inner.addStretch(1)
        if not mine:
            inner.addWidget(button("删除", "link", act=lambda: self._remove(clerk)))
        return row

    def _add(self) -> None:
        if AddClerkDialog(self, self.context).exec():
            self.refresh()
            messages.notify(self, "已增加经办人")

    def _change(self) -> None:
        if ChangePassphraseDialog(self, self.context).exec():
            messages.notify(self, "口令已修改，下次登录用新口令")

    def _remove(self, clerk: Clerk) -> None:
        sentence = f"删除后，{clerk.name}不能再登录本单位；以前的改动记录仍写着{clerk.name}的名字。"
        if not messages.confirm(self, sentence, "删除经办人", destructive=True):
            return
        try:
            offices.remove_clerk(self.context.session, clerk.id)
        except UserError as exc:
            messages.show_error(self, exc)
        self.refresh()

    def _renew(self) -> None:
        sentence = "换新之后，原来那张纸上的恢复码立即作废。请准备好打印机，或纸和笔。"
        if not messages.confirm(self, sentence, "换新的恢复码"):
            return
        session = self.context.session
        offices.set_setting(session, RECOVERY_CONFIRMED, "")
        background.run(
            self, lambda _progress: offices.new_recovery_code(session), self._show_code, title="正在生成…", cancellable=False
        )

    def _show_code(self, code: str) -> None:
        RecoveryCodeDialog(self, self.context, code).exec()
        self.refresh()
        self.context.changes.office_changed.emit()
