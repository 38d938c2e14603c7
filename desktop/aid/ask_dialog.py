"""A few lines to fill in before an act on money: a reason, a name, an amount, a day; what is wrong is said below them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from db.domain.field_kinds import parse_value
from db.domain.records.aid import APPLICATION
from db.errors import NuandangError, UserError
from desktop import messages
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label


@dataclass(frozen=True)
class Ask:
    """One line: *kind* is text, money or day."""

    key: str
    caption: str
    text: str = ""
    hint: str = ""
    kind: str = "text"


_SPECS = {"money": APPLICATION.by_key["amount_asked"], "day": APPLICATION.by_key["applied_on"]}
_WRONG = {
    "money": "“{}”不是金额，请写成 1500 或 1500.50。",
    "day": "“{}”不是日期，请写成 2026-11-21 的样子。",
}


class AskDialog(PlainDialog):
    """Hands what is typed to *act*, by key; stays open while that refuses it."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        asks: Sequence[Ask],
        verb: str,
        act: Callable[[Mapping[str, object]], object],
        *,
        hint: str = "",
        destructive: bool = False,
    ) -> None:
        super().__init__(parent, title, hint, 520)
        self._asks, self._act = asks, act
        self.fields: dict[str, QLineEdit] = {}
        for ask in asks:
            field = self.fields[ask.key] = QLineEdit(ask.text)
            field.setAccessibleName(ask.caption)
            field.setPlaceholderText(ask.hint)
            if ask.kind == "money":
                field.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.body.addWidget(label(ask.caption, "strong"))
            self.body.addWidget(field)
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        self.body.addWidget(self._fault)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button(verb, "danger" if destructive else "primary", act=self.store))

    def store(self) -> None:
        """Act with what is typed."""
        values: dict[str, object] = {}
        for ask in self._asks:
            typed = self.fields[ask.key].text().strip()
            values[ask.key] = typed
            if ask.kind in _SPECS:
                found = parse_value(_SPECS[ask.kind], typed)
                if found.code or found.value is None:
                    self._say(_WRONG[ask.kind].format(typed), ask.key)
                    return
                values[ask.key] = found.value
        try:
            self._act(values)
        except UserError as fault:
            self._say(fault.text(), self._asks[0].key)
        except NuandangError as fault:
            messages.show_error(self, fault)
        else:
            self.accept()

    def _say(self, words: str, key: str) -> None:
        self._fault.setText(words)
        self._fault.show()
        self.fields[key].setFocus()
