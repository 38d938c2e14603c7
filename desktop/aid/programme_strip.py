"""What a programme lays down, in a few lines above its households: period, whom, how much, what is left of the quota."""

from PySide6.QtWidgets import QHBoxLayout

from db.domain.field_kinds import format_amount
from db.domain.option_lists import option_list
from db.domain.records.programme import codes_of
from db.services.programmes import Programme, ProgrammeSums
from db.services.quotas import Quota
from desktop.widgets.basics import Card, ElidedLabel, label, set_role


class ProgrammeStrip(Card):
    """Tells of one programme."""

    def __init__(self, today: str) -> None:
        super().__init__()
        self._today = today
        self._state, self._from, self._quota = label("", "badge"), label("", "badge"), label("", "badge")
        set_role(self._from, "tone", "plain")
        self._whom, self._rules, self._sums = ElidedLabel("", "strong"), ElidedLabel("", "secondary"), ElidedLabel("", "")
        self.body.setContentsMargins(16, 12, 16, 12)
        first = QHBoxLayout()
        first.setSpacing(12)
        for part in (self._state, self._from, self._quota):
            first.addWidget(part)
        first.addWidget(self._whom, 1)
        self.body.addLayout(first)
        self.body.addWidget(self._rules)
        self.body.addWidget(self._sums)

    def show_programme(self, item: Programme, quotas: list[Quota]) -> None:
        """Show *item* with its quotas."""
        words, tone = self._when(item)
        self._state.setText(words)
        set_role(self._state, "tone", tone)
        self._from.setText("" if item.is_own else f"{item.office_name}布置")
        self._from.setVisible(not item.is_own)
        self._show_quota(quotas)
        self._whom.set_whole(f"对象：{item.population}")
        sources = "、".join(option_list("fund_source").label(code) for code in codes_of(item.content, "fund_sources"))
        rules = (
            "、".join(option_list("aid_item").label(code) for code in item.items),
            f"标准 {item.standard_words}" if item.standard_words else "",
            item.cap_words,
            f"只用{sources}" if sources else "",
            item.period,
            f"名单 {due} 前报" if (due := item.content.text("lists_due_on")) else "",
            item.content.text("basis"),
        )
        self._rules.set_whole("　".join(filter(None, rules)))
        self._sums.set_whole(sum_words(item.sums))

    def _show_quota(self, quotas: list[Quota]) -> None:
        amount, used = sum(item.amount for item in quotas), sum(item.used or 0 for item in quotas)
        unit = quotas[0].unit if quotas else ""
        left = amount - used
        told = f"还剩 {left:,} {unit}" if left >= 0 else f"超出 {-left:,} {unit}"
        self._quota.setText(f"名额 {amount:,} {unit}，已用 {used:,}，{told}")
        set_role(self._quota, "tone", "error" if left < 0 else "warning" if not left else "")
        self._quota.setVisible(bool(quotas))

    def _when(self, item: Programme) -> tuple[str, str]:
        begins, ends = item.content.text("begins_on"), item.content.text("ends_on")
        if begins > self._today:
            return f"{begins} 开始", "plain"
        if ends and ends < self._today:
            return "已结束", "plain"
        return "进行中", "done"


def sum_words(sums: ProgrammeSums) -> str:
    """What a programme came to so far."""
    parts = [f"已批准 {sums.households:,} 户 {sums.people:,} 人" if sums.grants else "还没有批准"]
    parts += [f"{format_amount(sums.granted)} 元，已发放 {format_amount(sums.paid)} 元"] if sums.granted else []
    parts += [f"实物 {sums.goods:,} 份，已签收 {sums.goods_handed:,} 份"] if sums.goods else []
    others = f"，慰问金 {format_amount(sums.others_amount)} 元" if sums.others_amount else ""
    parts += [f"没有档案的慰问对象 {sums.others:,} 人{others}"] if sums.others else []
    return "　".join(parts)
