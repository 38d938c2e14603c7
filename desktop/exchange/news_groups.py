"""What an answer from above says, grouped the way a clerk works it off: what came back first, what is only good to know last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from db.domain.review import Reason
from db.services.answer_news import (
    WARNING_LABELS,
    AnswerNews,
    ArchiveNews,
    CalendarNews,
    CircularNews,
    EntryNews,
    QuotaNews,
    ReviewNews,
    WarningNews,
)
from db.services.policy_files import PolicyOffer
from desktop import theme


@dataclass(frozen=True)
class NewsLine:
    """One line of a group with everything the pane beside it shows."""

    title: str
    words: str
    archive_id: str = ""
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Caption and text, one below the other."""
    reasons: tuple[Reason, ...] = ()
    text: str = ""
    """Running text, such as a notice."""
    circular_id: str = ""


@dataclass(frozen=True)
class NewsGroup:
    """One entry of the left list."""

    key: str
    caption: str
    ink: str
    sentence: str
    lines: list[NewsLine] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of lines."""
        return len(self.lines)


def _archive_line(news: ArchiveNews) -> NewsLine:
    return NewsLine(news.name or "--", news.text or news.archive_number, news.archive_id, news.archive_number)


def _review_line(news: ReviewNews) -> NewsLine:
    words = "；".join(reason.words for reason in news.reasons) or news.remarks or news.class_label
    facts = [
        ("困难类别", news.class_label),
        ("级别", news.level_label),
        ("职工编号", news.worker_number),
        ("补正期限", news.due_on or ""),
        ("审核意见", news.remarks),
        ("说明", "" if news.is_current else "审核的是较早的一版，之后本单位又改过"),
    ]
    return NewsLine(
        news.name or "--",
        f"{news.due_on[5:]} 前　{words}" if news.due_on else words or "--",
        news.archive_id,
        f"{news.archive_number}　{news.office_name} {news.made_at[:10]}",
        tuple((caption, value) for caption, value in facts if value),
        news.reasons,
    )


def _reconciled_line(news: ArchiveNews) -> NewsLine:
    facts = [(change.label, f"{change.old_text or '--'} → {change.new_text or '--'}") for change in news.changes]
    waiting = f"{len(news.conflicts)} 栏要您选" if news.conflicts else "已自动合并"
    return NewsLine(news.name or "--", news.text or waiting, news.archive_id, news.archive_number, tuple(facts))


def _warning_line(news: WarningNews) -> NewsLine:
    told = "已不再提示" if news.cleared else WARNING_LABELS[news.kind]
    where = f"{news.name} 家，{news.archive_number}　{news.office_name}提醒"
    return NewsLine(news.person_name, told, news.archive_id, where, text="" if news.cleared else _WARNED)


_WARNED = "请向上级核实是不是同一个人；上级不会把别的单位的资料给您看。"


def _policy_line(offer: PolicyOffer) -> NewsLine:
    words = f"{len(offer.changes)} 处变化" if offer.changes else "与现有的相同"
    return NewsLine(offer.name, words, text="\n".join((*offer.changes, *offer.notes)) or offer.text())


def _quota_line(news: QuotaNews) -> NewsLine:
    shown = ["--" if amount is None else f"{amount:,} {news.unit}" for amount in (news.old, news.new)]
    return NewsLine(f"{news.year} 年　{news.label}", f"{shown[0]} → {shown[1]}")


def _calendar_line(news: CalendarNews) -> NewsLine:
    words = f"{len(news.days)} 天有变化" if news.days else "收回，改用随程序的安排"
    return NewsLine(f"{news.year} 年工作日历", words, subtitle=news.document, text="\n".join(news.days))


def _circular_line(news: CircularNews) -> NewsLine:
    due = f"{news.due_on} 前办" if news.due_on else ""
    words = "已收回" if news.withdrawn else due or "--"
    return NewsLine(news.title, words, subtitle=due, text=news.body, circular_id=news.id)


def _entry_line(news: EntryNews) -> NewsLine:
    due = f"请在 {news.ends_on} 前完成。" if news.ends_on else ""
    return NewsLine(news.title, news.line, text=f"{news.line}。{due}")


def _received_line(news: ArchiveNews) -> NewsLine:
    facts = (("已收到", f"第 {news.revision} 版"),) if news.revision else ()
    return NewsLine(news.name or "--", news.archive_number, news.archive_id, facts=facts)


def _by_day(items: Sequence[ReviewNews]) -> list[ReviewNews]:
    return sorted(items, key=lambda item: (not item.is_current, item.due_on or "9", item.archive_number))


_ALWAYS = frozenset({"returned", "refused", "approved"})
"""Groups that are named even where they are empty: that nothing came back is what a clerk wants to see."""


def groups_of_news(news: AnswerNews) -> list[NewsGroup]:
    """The groups that have something to say, and those of the reviews in any case."""
    return [group for group in _all_groups(news) if group.lines or group.key in _ALWAYS]


def _entries(news: AnswerNews) -> list[EntryNews]:
    listed = [EntryNews("监测名单", f"新列入 {news.listed:,} 户")] if news.listed else []
    return [*news.entries, *listed]


def _all_groups(news: AnswerNews) -> list[NewsGroup]:
    def made(key: str, caption: str, ink: str, sentence: str, items: Sequence, line: Callable) -> NewsGroup:  # type: ignore[type-arg]
        return NewsGroup(key, caption, ink, sentence, [line(item) for item in items])

    return [
        made("returned", "退回补正", theme.RED, "没有退回的档案。", _by_day(news.returned), _review_line),
        made("refused", "不通过", theme.RED, "没有不通过的档案。", news.refused, _review_line),
        made("approved", "已审核", theme.GREEN_INK, "没有新审核通过的档案。", news.approved, _review_line),
        made("acknowledged", "新收到确认", theme.GREEN_INK, "没有新的收到确认。", news.acknowledged, _received_line),
        made("lost", "要重新上报", theme.AMBER_INK, "没有丢失的档案。", news.lost, _archive_line),
        made("set_aside", "上级没有采用", theme.RED, "上级采用了全部档案。", news.set_aside, _archive_line),
        made("reconciled", "两边都改过", theme.AMBER_INK, "没有需要合并的档案。", news.reconciled, _reconciled_line),
        made("moved", "移交", theme.ACTION, "没有移交的档案。", news.moved, _archive_line),
        made("warnings", "提醒核对", theme.AMBER_INK, "没有需要核对的人。", news.warnings, _warning_line),
        made("policies", "政策和标准", theme.ACTION, "政策和标准没有变化。", news.policies, _policy_line),
        made("quotas", "名额", theme.ACTION, "名额没有变化。", news.quotas, _quota_line),
        made("calendars", "工作日历", theme.ACTION, "工作日历没有变化。", news.calendars, _calendar_line),
        made("circulars", "通知", theme.ACTION, "没有新通知。", news.circulars, _circular_line),
        made("entries", "行动和活动", theme.ACTION, "没有布置新的行动和活动。", _entries(news), _entry_line),
        made("money", "救助和发放", theme.ACTION, "没有别的单位新批的救助。", news.money, _archive_line),
    ]


def to_correct(news: AnswerNews) -> list[ReviewNews]:
    """What came back in the very version that stands here."""
    return [item for item in news.returned if item.is_current]


def headline_of_news(news: AnswerNews) -> str:
    """What matters most, in a line."""
    parts = _returned_words(news)
    counted = (
        (len(news.refused), "不通过 {:,} 户"),
        (len(news.approved), "已审核 {:,} 户"),
        (news.conflicts, "{:,} 栏要您选"),
        (len(news.lost), "{:,} 户要重新上报"),
        (len(news.circulars), "通知 {:,} 份"),
    )
    parts += [words.format(count) for count, words in counted if count]
    parts += [f"{entry.title}：{entry.line}" for entry in news.entries[:2]]
    beside = ((news.listed, "监测名单新列入 {:,} 户"), (len(news.money), "救助和发放 {:,} 笔"))
    parts += [words.format(count) for count, words in beside if count]
    if not parts and news.acknowledged:
        parts.append(f"上级新收到 {len(news.acknowledged):,} 户")
    return "；".join(parts) or "没有变化"


def _returned_words(news: AnswerNews) -> list[str]:
    parts = []
    returned = to_correct(news)
    if returned:
        due = min((item.due_on for item in returned if item.due_on), default="")
        parts.append(f"退回 {len(returned):,} 户{f'，最早 {_day(due)}到期' if due else ''}")
    if len(news.returned) > len(returned):
        parts.append(f"另有 {len(news.returned) - len(returned):,} 户退回的是较早的一版，请看看新的一版改好了没有")
    return parts


def _day(iso: str) -> str:
    return f"{int(iso[5:7])} 月 {int(iso[8:10])} 日"
