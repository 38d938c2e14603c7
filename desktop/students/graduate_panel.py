"""Beside the list of graduates: one of them – where they stand, whom they talked to, what was done, when to ask again."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from db.domain import employment
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent
from db.services.graduates import GraduateRow
from desktop import theme
from desktop.assessment.layouts import clear
from desktop.widgets.basics import Icon, button, label, line
from desktop.widgets.scrolled import scrolled

WIDTH, FEW = 320, 6
Act = Callable[[], object]


class GraduatePanel(QFrame):
    """The graduate on whom the cursor stands. *acts*: caption, icon and what it does, in the order of the buttons.

    *for_reading*: the captions of those that change nothing.
    """

    def __init__(self, acts: list[tuple[str, str, Act]], for_reading: frozenset[str]) -> None:
        super().__init__()
        self._for_reading = for_reading
        self.setProperty("role", "card")
        self.setFixedWidth(theme.sp(WIDTH))
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 14, 12, 14)
        self._column.setSpacing(6)
        scroll = scrolled(inside)
        self.buttons = {caption: button(caption, "", icon, act) for caption, icon, act in acts}
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 8, 12, 12)
        foot.setSpacing(6)
        for start in range(0, len(acts), 2):
            row = QHBoxLayout()
            row.setSpacing(6)
            for caption, _, _ in acts[start : start + 2]:
                row.addWidget(self.buttons[caption], 1)
            foot.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(line())
        outer.addLayout(foot)

    def show_row(self, row: GraduateRow | None, today: str, keeper: str = "") -> None:
        """Show a graduate; None says that none is chosen. *keeper*: the other office whose record it is."""
        clear(self._column)
        for caption, made in self.buttons.items():
            made.setEnabled(row is not None and (not keeper or caption in self._for_reading))
        if keeper:
            self._say(f"由{keeper}管理，这里只能看。", "secondary")
        if row is None:
            self._column.addWidget(label("选一位毕业生，这里显示求职进展和服务记录。", "secondary", wrap=True))
        else:
            self._show(row, today)
        self._column.addStretch(1)

    def _show(self, row: GraduateRow, today: str) -> None:
        content = row.content
        self._column.addWidget(label(row.name, "section"))
        about = "，".join(filter(None, (content.text("school"), content.text("major"))))
        self._say(f"{about}，{content.text('graduation_year')} 年毕业", "secondary")
        self._say(f"{row.status_label}　{content.text('phone')}", "strong")
        self._show_due(row, today)
        wish = "，".join(filter(None, (content.text(f"wish_{key}") for key in ("place", "post", "salary"))))
        if wish:
            self._say(f"想找：{wish}")
        self._say(f"责任人：{content.text('responsible')}", "secondary")
        self._titled("求职进展", _stages(content))
        self._titled("就业后跟踪", _follow_ups(content))
        self._titled("服务记录", _services(content))

    def _show_due(self, row: GraduateRow, today: str) -> None:
        due = row.next_contact
        if due is None:
            return
        late = due.on_day <= today
        shown = QHBoxLayout()
        shown.setSpacing(6)
        sign = ("triangle-alert", theme.AMBER) if late else ("calendar", theme.SECONDARY)
        shown.addWidget(Icon(*sign, 16))
        words = f"{due.why}，该联系了" if late else f"{due.on_day} 再联系（{due.why}）"
        shown.addWidget(label(words, "warning" if late else "secondary", wrap=True), 1)
        self._column.addLayout(shown)

    def _titled(self, title: str, lines: list[str]) -> None:
        if not lines:
            return
        self._column.addSpacing(4)
        self._column.addWidget(label(title, "strong"))
        for told in lines[:FEW]:
            self._say(told)
        if len(lines) > FEW:
            self._say(f"还有 {len(lines) - FEW} 条，在“打开登记”里看。", "secondary")

    def _say(self, words: str, role: str = "") -> None:
        self._column.addWidget(label(words, role, wrap=True))


def _stages(content: RecordContent) -> list[str]:
    names = option_list("employment_stage")
    found = []
    for row in reversed(employment.in_order(content.rows.get("stages", []))):
        where = "，".join(str(row[key]) for key in ("employer", "post", "note") if row.get(key))
        found.append(f"{row.get('on_day')} {names.label(str(row.get('stage')))}" + (f"：{where}" if where else ""))
    return found


def _follow_ups(content: RecordContent) -> list[str]:
    names = option_list("follow_up_situation")
    return [
        f"{row.get('on_day')} {names.label(str(row.get('situation')))}" + (f"：{row['note']}" if row.get("note") else "")
        for row in reversed(employment.in_order(content.rows.get("follow_ups", [])))
    ]


def _services(content: RecordContent) -> list[str]:
    names = option_list("graduate_service")
    return [
        f"{row.get('on_day')} {names.label(str(row.get('kind')))}" + (f"：{row['what']}" if row.get("what") else "")
        for row in reversed(employment.in_order(content.rows.get("services", [])))
    ]
