"""The campaign that a list is of: which, until when, whom it concerns, how far it has come, and what can be done with it."""

from datetime import date

from PySide6.QtCore import Signal

from db.services.monitoring import Campaign
from desktop import theme
from desktop.widgets.basics import button, label, set_icon, set_role
from desktop.widgets.choice_strip import ChoiceStrip

_FIRST = "按今天的情况列出要监测的家庭，以后照这份名单数进度"
_LATER = "把后来脱困、新建档的家庭补进名单，或另外挑选几户"
_SOON = 14
"""Days before the last one from which on it is marked."""


class CampaignStrip(ChoiceStrip):
    """Chooses the campaign and tells of it."""

    open_wanted = Signal()

    def __init__(self, today: str) -> None:
        super().__init__("监测行动", "完成情况", "删除")
        self._today = date.fromisoformat(today)
        self._state = label("", "badge")
        self.opening = button("", "", "users", self.open_wanted.emit)
        self.lay_out(self.opening, 200, self._state)

    def offer(self, campaigns: list[Campaign], chosen: str) -> None:
        """List the campaigns, *chosen* in front."""
        self.offer_choices([(item.id, item.title) for item in campaigns], chosen)

    def show_campaign(self, item: Campaign) -> None:
        """Tell of *item*; how far it has come is told by :meth:`show_progress`."""
        self.show_origin("" if item.is_own else f"{item.office_name}布置")
        told = [f"{item.begins_on} 至 {item.due_on}", item.population, item.content.text("basis")]
        self._about.set_whole("　".join(part for part in told if part))
        self.opening.setText("补充对象" if item.opened_at else "确定监测对象")
        set_role(self.opening, "role", "" if item.opened_at else "primary")
        set_icon(self.opening, "users", theme.SECONDARY if item.opened_at else theme.PAGE)
        self.opening.setToolTip(_LATER if item.opened_at else _FIRST)
        self.change.setVisible(item.is_own)
        self.remove.setVisible(item.is_own and not item.opened_at)
        self.show_progress(item)

    def show_progress(self, item: Campaign) -> None:
        """How far *item* has come."""
        words, tone = self._left(item)
        self._state.setText(words)
        set_role(self._state, "tone", tone)
        known = item.due or item.opened_at
        self.show_figures(item.done, item.due, f"已入户 {item.done:,} 户，应 {item.due:,} 户" if known else "还没有确定监测对象")

    def _left(self, item: Campaign) -> tuple[str, str]:
        if item.due and item.done >= item.due:
            return "已全部完成", "done"
        if item.is_late:
            return f"已逾期，还差 {item.due - item.done:,} 户", "error"
        days = (date.fromisoformat(item.due_on) - self._today).days
        if days < 0:
            return "已过期限", "plain"
        if item.begins_on > self._today.isoformat():
            return f"{item.begins_on} 开始", "plain"
        return f"还有 {days} 天" if days else "今天到期", "warning" if days <= _SOON else ""
