"""Which student, and with whom: a donor to stand by them, or a post to take up."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from db.services.student_support import DonorRow, PostRow
from db.services.students import StudentRow
from desktop.exchange.dialog import PlainDialog
from desktop.widgets.basics import button, label
from desktop.widgets.filter_combo import FilterCombo


def student_words(row: StudentRow) -> str:
    """A student in a list to choose from."""
    return f"{row.name}　{row.stage_label}　{row.school}　{row.household}家"


def donor_words(row: DonorRow) -> str:
    """A donor in a list to choose from."""
    return f"{row.name}　{row.words('donor_kind')}　已结 {row.students} 人"


def post_words(row: PostRow) -> str:
    """Posts in a list to choose from."""
    return f"{row.employer}　{row.record.content.text('work')}　空 {row.free} 个，共 {row.posts} 个"


class MatchDialog(PlainDialog):
    """Chooses a student of the year and one of *others*."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        students: Sequence[StudentRow],
        caption: str,
        others: Sequence[tuple[Any, str]],
    ) -> None:
        super().__init__(parent, title, "只列出今年登记过的学生；没有的，先到“助学”里登记。", 560)
        self.student = FilterCombo([(row, student_words(row)) for row in students], "姓名或拼音首字母")
        self.other = FilterCombo(others, "名称或拼音首字母")
        self._fault = label("", "error", wrap=True)
        self._fault.hide()
        for words, combo in (("学生", self.student), (caption, self.other)):
            combo.setAccessibleName(words)
            self.body.addWidget(label(words, "strong"))
            self.body.addWidget(combo)
        self.body.addWidget(self._fault)
        self._caption = caption
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(button("下一步", "primary", act=self.take))
        self.student.setFocus()

    def take(self) -> None:
        """Close when both are chosen."""
        for caption, combo in (("学生", self.student), (self._caption, self.other)):
            if combo.value() is None:
                self._fault.setText(f"请选{caption}。" if combo.has_options() else f"还没有{caption}可选，请先登记。")
                self._fault.show()
                combo.setFocus()
                return
        self.accept()
