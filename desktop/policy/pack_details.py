"""One version of a pack: where it holds, what it rests on, what it leaves open; from here it is used, changed, sent."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from db.services import policies
from db.services.policies import PolicyRow, SourceLine
from desktop import theme
from desktop.moments import moment
from desktop.policy.pack_words import force_text, region_text, state_text
from desktop.widgets.basics import Card, Note, button, label, set_role


class PackDetails(Card):
    """Shows a `PolicyRow`; every act is asked for by a signal."""

    choose_wanted = Signal()
    edit_wanted = Signal()
    send_wanted = Signal()
    sheet_wanted = Signal()

    def __init__(self, today: date) -> None:
        super().__init__(" ")
        self._today = today
        self._state = label("", "badge")
        self._old = Note("", "warning")
        self._fault = Note("", "error")
        self._grid = QWidget()
        self.head.insertWidget(1, self._state)
        self._choose = button("选用", "", "check", self.choose_wanted.emit)
        self._edit = button("修改数字…", "primary", "pencil", self.edit_wanted.emit)
        self._send = button("导出给下级…", "", "folder-output", self.send_wanted.emit)
        self._sheet = button("明白纸…", "", "printer", self.sheet_wanted.emit)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for made in (self._choose, self._sheet, self._send, self._edit):
            acts.addWidget(made)
        acts.addStretch(1)
        self.body.addLayout(acts)
        self.body.addWidget(self._fault)
        self.body.addWidget(self._old)
        self.body.addWidget(self._grid)
        self.body.addStretch(1)

    def show_row(self, row: PolicyRow) -> None:
        """Show *row*."""
        self.title.setText(f"{row.title}　版本 {row.version}")
        self._state.setText(state_text(row))
        tones = {"in_force": "done", "faulty": "error", "future": ""}
        set_role(self._state, "tone", tones.get(row.state, "plain"))
        usable = row.loaded is not None
        for made in (self._edit, self._send, self._sheet):
            made.setEnabled(usable)
        self._choose.setVisible(not row.is_chosen)
        self._choose.setEnabled(usable)
        self._fault.setVisible(bool(row.fault))
        self._fault.show_text(f"这份政策读不了：{row.fault}。原来的政策照旧有效。", "error")
        old = [source.title for source in row.sources if source.is_old]
        self._old.setVisible(bool(old))
        self._old.show_text(f"《{'》《'.join(old)}》已有一年多没有与原文核对，请核对后再用。", "warning")
        self._replace_grid(row)

    def _replace_grid(self, row: PolicyRow) -> None:
        old = self._grid
        self._grid = self._particulars(row)
        self.body.replaceWidget(old, self._grid)
        old.hide()
        old.deleteLater()

    def _particulars(self, row: PolicyRow) -> QWidget:
        made = QWidget(self)
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, theme.sp(72))
        grid.setColumnStretch(1, 1)
        for caption, texts, role in self._lines(row):
            number = grid.rowCount()
            grid.addWidget(label(caption, "secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
            for offset, text in enumerate(texts):
                grid.addWidget(label(text, role, wrap=True), number + offset, 1)
        return made

    def _lines(self, row: PolicyRow) -> list[tuple[str, Sequence[str], str]]:
        lines: list[tuple[str, Sequence[str], str]] = [
            ("适用地", [region_text(row)], ""),
            ("有效期", [force_text(row)], ""),
            ("依据", [_source_text(source) for source in row.sources] or ["--"], ""),
        ]
        if row.note:
            lines.append(("说明", [row.note.strip()], ""))
        if row.unset:
            lines.append((f"待定 {len(row.unset)} 项", _questions(row), ""))
        origin = row.origin_label
        if row.made_by:
            origin += f"　{moment(row.made_at, self._today)} {row.made_by}"
        lines.append(("来自", [f"{origin}　指纹 {row.sha256[:12]}"], "secondary"))
        return lines


def _source_text(source: SourceLine) -> str:
    number = f"（{source.number}）" if source.number else ""
    issued = f"，{source.issued_on} 印发" if source.issued_on else ""
    return f"《{source.title}》{number}　{source.issuer}{issued}，{source.checked_on} 核对"


def _questions(row: PolicyRow) -> list[str]:
    """What to ask whom, each question once with the figures it would settle."""
    figures = policies.figures(row.loaded) if row.loaded is not None else ()
    asked: dict[str, dict[str, list[str]]] = {}
    for figure in figures:
        if figure.is_unset:
            own = figure.label.rpartition(" · ")[2]
            asked.setdefault(figure.question, {}).setdefault(figure.group, []).append(own)
    return [
        f"{question}\n用于：" + "、".join(f"{group}（{'、'.join(dict.fromkeys(names))}）" for group, names in groups.items())
        for question, groups in asked.items()
    ]
