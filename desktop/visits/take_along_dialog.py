"""带出: which laptop, for editing or reading, and where the package goes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from db.errors import Progress, UserError
from db.services import visits
from db.services.exchange import BundleSummary, Partner
from desktop import background, messages
from desktop.context import AppContext
from desktop.exchange.dialog import PlainDialog, offer_folder
from desktop.exchange.target_picker import TargetPicker
from desktop.widgets.basics import Note, button, label
from desktop.widgets.segmented import Segmented

AGAIN = frozenset({"visit_already_out"})
_HINTS = {
    visits.WRITE: "在外出电脑上可以改、可以加照片；回来后收进来。办公室这边也还能改，两边的改动会合并。",
    visits.READ: "在外出电脑上只能看，用来对照；不属于本单位的档案只能这样带。",
}


class TakeAlongDialog(PlainDialog):
    """Asks everything a 外出包 needs."""

    def __init__(self, parent: QWidget, count: int, laptops: Sequence[Partner]) -> None:
        hint = "档案连同全部历史、家庭经济、认定和附件一起带上，加密，只有那台外出电脑能打开。"
        super().__init__(parent, f"带出 {count:,} 户", hint)
        self.laptop = QComboBox()
        for laptop in laptops:
            self.laptop.addItem(visits.short_name(laptop), laptop.id)
        self.laptop.setAccessibleName("外出电脑")
        self.access: Segmented[str] = Segmented(list(visits.ACCESS_LABELS.items()))
        self.access.set_value(visits.WRITE)
        self._access_hint = Note("")
        self.again = QCheckBox("有的已经带出、还没有带回，重新带出")
        self.again.hide()
        self.problem = Note("", "error")
        self.problem.hide()
        self.target = TargetPicker()
        self.go_button = button("带出", "primary", act=self.accept)
        for caption, part in (("带到哪台外出电脑", self.laptop), ("在外出电脑上", self.access)):
            self.body.addWidget(label(caption, "strong"))
            self.body.addWidget(part)
        self.body.addWidget(self._access_hint)
        self.body.addWidget(label("外出包写到哪里", "strong"))
        self.body.addWidget(self.target)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.again)
        self.foot.addStretch(1)
        self.foot.addWidget(button("取消", act=self.reject))
        self.foot.addWidget(self.go_button)
        self.access.changed.connect(lambda _: self._show_hint())
        self.target.changed.connect(lambda: self.go_button.setEnabled(self.target.folder() is not None))
        self._show_hint()
        self.target.look_again()

    def _show_hint(self) -> None:
        self._access_hint.show_text(_HINTS[self.access.value() or visits.WRITE], "plain")

    def show_problem(self, fault: UserError) -> None:
        """Say why it was refused; where it may be insisted upon, offer that."""
        self.problem.show_text(fault.text(), "error")
        self.problem.show()
        self.again.setVisible(fault.code in AGAIN)


def take_along(context: AppContext, parent: QWidget, ids: Sequence[str], done: Callable[[], None] | None = None) -> None:
    """Ask and write the package for a laptop; asks again where it is refused."""
    laptops = [laptop for laptop in visits.laptops(context.session) if not laptop.revoked_at]
    if not laptops:
        messages.inform(parent, NO_LAPTOP, "还没有外出电脑")
        return
    _ask(context, parent, TakeAlongDialog(parent, len(ids), laptops), ids, done)


NO_LAPTOP = (
    "还没有登记外出电脑。\n① 在“数据交换”里导出本单位名片，用 U 盘带到笔记本上；\n"
    "② 在笔记本上第一次打开暖档，点“这台电脑用于外出走访…”；\n③ 在笔记本上导出它的名片，拿回这里登记。"
)


def _ask(
    context: AppContext, parent: QWidget, dialog: TakeAlongDialog, ids: Sequence[str], done: Callable[[], None] | None
) -> None:
    folder = dialog.target.folder() if dialog.exec() else None
    if folder is None:
        return
    laptop_id, access = dialog.laptop.currentData(), dialog.access.value() or visits.WRITE
    again = dialog.again.isVisibleTo(dialog) and dialog.again.isChecked()

    def work(progress: Progress) -> BundleSummary:
        return visits.check_out(context.session, laptop_id, ids, access, folder, progress, again=again)

    def written(summary: BundleSummary) -> None:
        context.changes.bundles_changed.emit()
        context.changes.archives_changed.emit(set(ids))
        offer_folder(parent, _written_words(summary), summary.path)
        if done is not None:
            done()

    def failed(exc: BaseException) -> None:
        if isinstance(exc, UserError):
            dialog.show_problem(exc)
            _ask(context, parent, dialog, ids, done)
        else:
            messages.show_error(parent, exc)

    background.run(parent, work, written, failed, title="正在写外出包…")


def _written_words(summary: BundleSummary) -> str:
    return f"外出包已写好并核对：{summary.archive_count:,} 户。请在外出电脑上点“收取外出包…”读入。"


def hand_in(
    context: AppContext,
    parent: QWidget,
    folder: Path,
    done: Callable[[], None] | None = None,
    everything: bool = False,
) -> None:
    """On the laptop: write the package for the desk into *folder*."""

    def written(summary: BundleSummary) -> None:
        context.changes.bundles_changed.emit()
        sentence = f"带回包已写好并核对：{summary.archive_count:,} 户有改动或是新建的。请拿到办公室电脑上收取，再把回执读进来。"
        offer_folder(parent, sentence, summary.path)
        if done is not None:
            done()

    def work(progress: Progress) -> BundleSummary:
        return visits.check_in(context.session, folder, progress, everything=everything)

    background.run(parent, work, written, title="正在写带回包…")
