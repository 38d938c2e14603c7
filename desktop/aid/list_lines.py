"""The lines of a payment list as a table: whom, how much, onto which card, and what must be minded of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.domain.aid.list_flow import LineState, ListState, Method
from db.domain.aid.payment_checks import LineFinding
from db.domain.field_kinds import format_amount, group_digits, mask_middle
from db.domain.option_lists import option_list
from db.domain.validation import Severity
from db.services.disbursement import Line, ListView
from desktop import theme
from desktop.widgets.rows import Column

ALL, WRONG, MIND, FAILED, WAITING = "all", "wrong", "mind", "failed", "waiting"
_STATE_INKS = {LineState.PAID: theme.GREEN_INK, LineState.FAILED: theme.RED, LineState.WAITING: None}


@dataclass(frozen=True)
class ShownLine:
    """A line with what was found about it."""

    line: Line
    findings: tuple[LineFinding, ...]
    state: ListState
    is_untyped: bool = False
    """Whether its card is still to be typed a second time: until then it is not shown, that it is not copied from here."""

    @property
    def is_wrong(self) -> bool:
        """Whether it keeps the list open."""
        return any(item.severity is Severity.ERROR for item in self.findings)

    @property
    def words(self) -> str:
        """What must be minded, or what became of it."""
        if self.state is ListState.DRAFT:
            return " ".join(item.text for item in self.findings) or "没有问题"
        failed = f"：{self.line.failure}" if self.line.state is LineState.FAILED and self.line.failure else ""
        return f"{self.line.state_label}{failed}"


def shown_lines(view: ListView, typed: Mapping[str, str] | None = None) -> list[ShownLine]:
    """The lines in their order. *typed*: new cards as they were typed a second time, by grant."""
    again = typed or {}
    found: dict[int, list[LineFinding]] = {}
    for item in view.findings:
        found.setdefault(item.index, []).append(item)
    return [
        ShownLine(
            line,
            tuple(found.get(at, ())),
            view.row.state,
            line.grant_id in view.new_accounts and again.get(line.grant_id) != line.account,
        )
        for at, line in enumerate(view.lines)
    ]


def piles_of(view: ListView) -> list[tuple[str, str]]:
    """How the lines can be narrowed, while the list stands as it does."""
    if view.row.state is ListState.DRAFT:
        return [(ALL, "全部"), (WRONG, "要改的"), (MIND, "要留意的")]
    return [(ALL, "全部"), (WAITING, "待发放"), (FAILED, "发放失败")]


def in_pile(shown: ShownLine, pile: str) -> bool:
    """Whether a line stands in a pile."""
    return {
        ALL: True,
        WRONG: shown.is_wrong,
        MIND: bool(shown.findings) and not shown.is_wrong,
        FAILED: shown.line.state is LineState.FAILED,
        WAITING: shown.line.state is LineState.WAITING,
    }[pile]


def columns_of(method: Method) -> list[Column[ShownLine]]:
    """Money goes onto a card, goods into a hand."""
    begin = [
        Column[ShownLine]("序号", lambda row: str(row.line.position), 56, right=True, firm=True),
        Column[ShownLine]("收款人" if method is Method.CARD else "领取人", lambda row: row.line.payee_name, 92, bold=True),
        Column[ShownLine]("身份证号", _number, 122, firm=True),
        Column[ShownLine]("救助项目", lambda row: option_list("aid_item").label(row.line.item), 92),
    ]
    if method is Method.CARD:
        middle = [
            Column[ShownLine]("金额（元）", lambda row: format_amount(row.line.amount), 100, right=True, firm=True),
            Column[ShownLine]("开户银行", lambda row: f"{row.line.bank}{row.line.branch}" or "--", 170),
            Column[ShownLine]("银行卡号", _account, 184, firm=True),
        ]
    else:
        middle = [
            Column[ShownLine]("实物", lambda row: row.line.goods, 250),
            Column[ShownLine]("联系电话", lambda row: row.line.phone or "--", 130),
        ]
    return [*begin, *middle, Column[ShownLine]("情况", lambda row: row.words, 330, _ink)]


def _number(row: ShownLine) -> str:
    """The ends of the number; the stars between are few, that the end is not cut off where letters are large."""
    number = row.line.id_number
    return f"{number[:4]}****{number[-4:]}" if number else "--"


def _account(row: ShownLine) -> str:
    shown = mask_middle(row.line.account, 4, 4) if row.is_untyped else group_digits(row.line.account, 4)
    return shown or "--"


def _ink(row: ShownLine) -> str | None:
    if row.state is not ListState.DRAFT:
        return _STATE_INKS.get(row.line.state)
    return theme.RED if row.is_wrong else theme.AMBER_INK if row.findings else theme.GREEN_INK


def what_next(view: ListView, typed: int, *, same_clerk: bool, needs_paper: bool, has_paper: bool) -> tuple[str, str]:
    """What is to be done next with a list, and in which tone it is said. *typed*: new cards typed a second time."""
    row = view.row
    wrong = sum(shown.is_wrong for shown in shown_lines(view))
    if row.state is ListState.DRAFT:
        return _draft_words(view, typed, wrong)
    if row.state is ListState.LOCKED:
        if needs_paper:
            told = "已附上签字的名册，可以审批。" if has_paper else "单位只有一位经办人：打印名册，请领导签字，拍照附上，然后审批。"
            return f"名册已由{row.locked_by}锁定，内容不再改变。{told}", "action"
        if same_clerk:
            return "名册由你锁定，要由另一位经办人登录后审批。要改内容的，先“退回修改”。", "action"
        return f"名册已由{row.locked_by}锁定。核对以后审批；审批以后才能交银行。", "action"
    words = {
        ListState.APPROVED: ("已审批。生成银行文件交银行，只交一份；写坏了要再写的，写明原因。", "action")
        if row.method is Method.CARD
        else ("已审批。打印签收单发放，请本人签字；发完以后登记签收，并把签字的单子拍照附上。", "action"),
        ListState.SENT: (f"{_written(view)}银行发放以后，把银行返回的文件读进来，登记每一笔的结果。", "action"),
        ListState.DROPPED: (f"这份名册已作废：{row.note}", "plain"),
        ListState.CLOSED: (f"已办结，有 {row.failed:,} 笔发放失败。改好卡号以后可以补发，只发失败的。", "warning")
        if row.failed
        else ("已办结，全部发放。", "done"),
    }
    return words[row.state]


def _written(view: ListView) -> str:
    if len(view.files) > 1:
        return f"银行文件写过 {len(view.files)} 份，只能交一份。最近一份：{view.files[-1].words}。"
    return f"银行文件已生成：{view.files[0].words}。" if view.files else "银行文件没有写成，请在“更多”里再写。"


def _draft_words(view: ListView, typed: int, wrong: int) -> tuple[str, str]:
    if not view.lines:
        return "名册里没有人了。作废这份名册，或者到“救助”里再选。", "warning"
    new = len(view.new_accounts)
    if typed < new:
        return f"有 {new:,} 张卡还没有发过钱，要照卡再输入一遍核对（已核对 {typed:,} 张）。", "warning"
    if wrong:
        return f"有 {wrong:,} 行要先改好：双击打开档案改，改好后这里自动更新；改不好的先撤出名册。", "warning"
    mind = sum(bool(shown.findings) for shown in shown_lines(view))
    if mind:
        return f"没有错误，有 {mind:,} 行要留意，请逐行核对后锁定。锁定以后内容不再改变。", "warning"
    return "核对无误后锁定。锁定以后内容不再改变，由另一位经办人审批。", "done"
