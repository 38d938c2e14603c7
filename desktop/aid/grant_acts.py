"""What is done with grants that are there: given up, noted as returned, put onto a payment list."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from db.domain.field_kinds import format_amount
from db.services import aid, aid_entries, disbursement
from db.services.disbursement import ListRow
from desktop import messages
from desktop.aid.ask_dialog import Ask, AskDialog
from desktop.context import AppContext


def withdraw(parent: QWidget, context: AppContext, ids: Collection[str], words: str) -> bool:
    """Give grants up with a reason; *words* names them. Whether it was done."""
    dialog = AskDialog(
        parent,
        "撤销批准",
        [Ask("reason", "为什么撤销", hint="如：本人放弃、已从别处得到")],
        "撤销批准",
        lambda values: aid.withdraw_grants(context.session, ids, str(values["reason"])),
        hint=f"{words}不再发放，钱回到资金来源。撤销和理由都留在记录里。",
        destructive=True,
    )
    return _told(context, bool(dialog.exec()), "已撤销。")


def note_returned(parent: QWidget, context: AppContext, grant_id: str, words: str, amount: int) -> bool:
    """Put down that money came back; *amount* is what was paid. Whether it was done."""

    def act(values: Mapping[str, object]) -> None:
        given = values["amount"]
        assert isinstance(given, int)
        disbursement.note_returned(context.session, grant_id, given, str(values["on"]), str(values["reason"]))

    dialog = AskDialog(
        parent,
        "登记退回",
        [
            Ask("amount", "退回金额（元）", format_amount(amount), kind="money"),
            Ask("on", "退回日期", context.session.today, kind="day"),
            Ask("reason", "为什么退回", hint="如：银行退票、发错人"),
        ],
        "登记退回",
        act,
        hint=f"{words}已经发放。发放的记录不改，退回另记一笔，钱回到资金来源。",
    )
    return _told(context, bool(dialog.exec()), "已登记退回。")


def note_entered(parent: QWidget, context: AppContext, ids: Sequence[str]) -> bool:
    """Put down that payments were typed into the national system. Whether it was done."""
    dialog = AskDialog(
        parent,
        "记为已录入全国系统",
        [Ask("on", "录入日期", context.session.today, kind="day"), Ask("note", "说明", hint="可以不填")],
        "记下",
        lambda values: aid_entries.mark_entered(context.session, ids, str(values["on"]), str(values["note"])),
        hint=f"{len(ids):,} 笔发放已经在全国工会帮扶工作管理系统里录好。以前记过的不重记。",
    )
    return _told(context, bool(dialog.exec()), "已记下。")


def take_entry_back(parent: QWidget, context: AppContext, ids: Sequence[str]) -> bool:
    """Take the note back: they were not typed in after all. Whether it was done."""
    words = f"{len(ids):,} 笔回到“还没录入”；全国系统里的记录不受影响。"
    if not messages.confirm(parent, words, "去掉录入记号"):
        return False
    taken = aid_entries.take_back(context.session, ids)
    if not taken:
        messages.inform(parent, "这几笔是别的单位记下的，请由那个单位去掉。")
        return False
    return _told(context, True, "已去掉。" if taken == len(ids) else f"已去掉 {taken:,} 笔，其余的是别的单位记下的。")


def draw_up_list(parent: QWidget, context: AppContext, ids: Collection[str], title: str) -> ListRow | None:
    """Draw up a payment list of grants and show it."""
    made: list[ListRow] = []

    def act(values: Mapping[str, object]) -> None:
        made.append(disbursement.create_list(context.session, str(values["title"]), ids, str(values["note"])))

    dialog = AskDialog(
        parent,
        "编制发放名册",
        [Ask("title", "名册名称", title), Ask("note", "说明", hint="可以不填")],
        "编制",
        act,
        hint=f"{len(ids):,} 笔救助列入一份名册：先核对、锁定，再由另一人审批，然后交银行或发放签收。",
    )
    if not dialog.exec() or not made:
        return None
    context.changes.archives_changed.emit(set())
    context.window.show_page("payment_list", list_id=made[0].id)
    return made[0]


def _told(context: AppContext, done: bool, words: str) -> bool:
    if done:
        context.window.notify(words)
        context.changes.archives_changed.emit(set())
    return done
