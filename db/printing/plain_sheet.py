"""政策明白纸: one page in plain words made from a pack alone – who, how much, which papers, where, until when.

The text shrinks until the page holds it; what a page cannot hold in a readable size is referred to the document.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from db.domain.option_lists import option_list
from db.domain.policy.book import LoadedPack
from db.domain.policy.explanation import OP_WORDS, cap_words, criterion_words, threshold_words
from db.domain.policy.pack import UNSET, AidItem, Criterion, Deadline, Evidence, HardshipClass, Pack, Scoped, Window
from db.printing.pdf_kit import FRAME, HAIR, MM, OPTICAL_CENTRE, PAGE_WIDTH, Area, Drawing, PdfWriter
from db.printing.print_faces import BOLD, text_width
from db.printing.text_flow import wrap

TITLE = "政策明白纸"
OPEN_FIGURE = "由当地工会确定"
SEE_DOCUMENT = "其余详见文件。"
_NOT_SAID = f"文件没有写明，{OPEN_FIGURE}，请向本单位工会询问。"
_LEFT, _RIGHT, _TOP, _BOTTOM = 16.0 * MM, 16.0 * MM, 14.0 * MM, 282.0 * MM
_WIDTH = PAGE_WIDTH - _LEFT - _RIGHT
_CAPTION = 22.0 * MM
_PAD = 2.4 * MM
_LINE, _BETWEEN = 1.36, 0.28
_ASKED = 12.5
"""Size of the questions at the left."""
_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5)
_ABOUT_CLERKS = ("总工会", "产业工会", "基层工会", "各单位", "工作总结")
_ABOUT_WORKERS = ("申请", "报名", "新生", "学生", "职工本人", "家庭")


@dataclass(frozen=True)
class _Section:
    """A question a worker asks, and its answers, the more important first."""

    caption: str
    items: tuple[str, ...]
    keep: float = 1.0
    """How much rather its answers are kept than others where the page is too short."""
    trimmed: bool = False

    def lines(self, size: float) -> list[str]:
        """The answers broken into lines, an empty text between two answers."""
        width = _WIDTH - _CAPTION - 2 * _PAD
        lines: list[str] = []
        for item in (*self.items, *((SEE_DOCUMENT,) if self.trimmed else ())):
            if lines:
                lines.append("")
            mark = "● "
            hanging = text_width(mark, size)
            broken = wrap(item, width - hanging, size) or []
            lines += [(mark if index == 0 else "\t") + line for index, line in enumerate(broken)]
        return lines

    def height(self, size: float) -> float:
        """Height of the cell at *size*."""
        lines = self.lines(size)
        gaps = sum(1 for line in lines if not line)
        written = ((len(lines) - gaps) * _LINE + gaps * _BETWEEN) * size
        return max(written, _ASKED * 1.35 * len(self.caption.split("\n"))) + 2 * _PAD


def plain_policy_pdf(loaded: LoadedPack) -> bytes:
    """The one page about a pack."""
    pack = loaded.pack
    page = Drawing()
    top = _head(page, pack)
    foot = _foot_lines(loaded)
    room = _BOTTOM - top - len(foot) * 4.6 * MM - 8 * MM
    sections, size = _fitted(_sections(pack), room)
    _draw(page, sections, size, top)
    _draw_foot(page, foot)
    out = BytesIO()
    writer = PdfWriter(out, title=f"{TITLE} {pack.title}")
    writer.add_page(page)
    writer.close()
    return out.getvalue()


# -- layout -------------------------------------------------------------------------------------------------------


def _fitted(sections: list[_Section], room: float) -> tuple[list[_Section], float]:
    """The sections and the largest size at which they fit; at the smallest, answers go until they do."""
    for size in _SIZES:
        if sum(section.height(size) for section in sections) <= room:
            return sections, size
    size = _SIZES[-1]
    while sum(section.height(size) for section in sections) > room:
        longest = max(range(len(sections)), key=lambda index: _weight(sections[index], size))
        section = sections[longest]
        if len(section.items) < 2:
            break
        sections[longest] = replace(section, items=section.items[:-1], trimmed=True)
    return sections, size


def _weight(section: _Section, size: float) -> float:
    return section.height(size) / section.keep if len(section.items) > 1 else 0.0


def _head(page: Drawing, pack: Pack) -> float:
    y = _TOP
    size = 20.0
    while text_width(pack.title, size, BOLD) > _WIDTH and size > 12:
        size -= 0.5
    for line in wrap(pack.title, _WIDTH, size) or []:
        page.centred(Area(_LEFT, y, _WIDTH, size * 1.5), line, size, BOLD)
        y += size * 1.45
    page.centred(Area(_LEFT, y, _WIDTH, 8 * MM), f"—— {TITLE} ——", 13.0)
    y += 8 * MM
    until = f" 至 {_day(pack.ends)}" if pack.ends else " 起"
    page.centred(Area(_LEFT, y, _WIDTH, 6 * MM), f"适用时间：{_day(pack.begins)}{until}", 10.0)
    return y + 8 * MM


def _draw(page: Drawing, sections: Sequence[_Section], size: float, top: float) -> None:
    y = top
    for section in sections:
        height = section.height(size)
        _caption(page, Area(_LEFT, y, _CAPTION, height), section.caption)
        _answers(page, Area(_LEFT + _CAPTION + _PAD, y, 0, height), section.lines(size), size)
        y += height
        page.line(_LEFT, y, _LEFT + _WIDTH, y, HAIR)
    page.line(_LEFT + _CAPTION, top, _LEFT + _CAPTION, y, HAIR)
    page.box(Area(_LEFT, top, _WIDTH, y - top), FRAME)


def _caption(page: Drawing, area: Area, words: str) -> None:
    """The question, bold, in two lines where it is longer than its cell."""
    lines = words.split("\n")
    step = _ASKED * 1.35
    top = area.y + (area.h - step * len(lines)) / 2
    for index, line in enumerate(lines):
        x = area.x + (area.w - text_width(line, _ASKED, BOLD)) / 2
        page.text(x, top + step * (index + 0.5) + _ASKED * OPTICAL_CENTRE, line, _ASKED, BOLD)


def _answers(page: Drawing, area: Area, lines: Sequence[str], size: float) -> None:
    gaps = sum(1 for line in lines if not line)
    written = ((len(lines) - gaps) * _LINE + gaps * _BETWEEN) * size
    y = area.y + (area.h - written) / 2
    hanging = text_width("● ", size)
    for line in lines:
        if not line:
            y += size * _BETWEEN
            continue
        middle = y + size * _LINE / 2 + size * OPTICAL_CENTRE
        if line.startswith("\t"):
            page.text(area.x + hanging, middle, line[1:], size)
        else:
            page.text(area.x, middle - size * 0.1, "●", size * 0.7)
            page.text(area.x + hanging, middle, line[2:], size)
        y += size * _LINE


def _foot_lines(loaded: LoadedPack) -> list[str]:
    pack = loaded.pack
    named = "、".join(f"《{source.title}》{f'（{source.number}）' if source.number else ''}" for source in pack.source)
    basis = wrap(f"依据：{named}。本页只摘要点，以文件原文为准。", _WIDTH, 8.5) or []
    return [*basis[:4], f"政策版本 {pack.version}（{loaded.sha256[:8]}）　咨询单位：＿＿＿＿＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿"]


def _draw_foot(page: Drawing, lines: Sequence[str]) -> None:
    y = _BOTTOM + 5 * MM - len(lines) * 4.6 * MM
    for line in lines:
        page.text(_LEFT, y, line, 8.5)
        y += 4.6 * MM


# -- what it says -------------------------------------------------------------------------------------------------


def _sections(pack: Pack) -> list[_Section]:
    return [
        _Section("谁可以\n申请", tuple(_who(pack)) or (_NOT_SAID,), keep=2.0),
        _Section("能帮多少", tuple(_how_much(pack)) or (_NOT_SAID,), keep=2.0),
        _Section("交什么\n材料", tuple(_papers(pack)) or (_NOT_SAID,)),
        _Section("在哪办、\n怎么办", tuple(_where(pack)) or (_NOT_SAID,)),
        _Section("什么时候", tuple(_when(pack)) or (_NOT_SAID,)),
        _Section("请注意", tuple(_mind(pack))),
    ]


def _words(criterion: Criterion) -> str:
    words = _without_colon(criterion_words(criterion).strip("。；"))
    if criterion.is_unset:
        what = criterion.label or words.partition(OP_WORDS[UNSET])[0].removesuffix("当地工会确定的界线")
        return f"{what}（界线{OPEN_FIGURE}）"
    line = criterion.threshold
    if line is not None and criterion.measure == "months_below" and words == criterion.label:
        return f"{words}{OP_WORDS[criterion.op]} {threshold_words(line)} 个月"
    if line is not None and line.amount == 0 and criterion.op == ">" and criterion.label:
        return f"有{criterion.label}"
    return criterion.label if criterion.label and line is None else words


def _without_colon(words: str) -> str:
    """不是：享受低保 as people say it: 没有享受低保."""
    fact = words.removeprefix("不是：")
    if fact == words:
        return words
    return f"没有{fact.removeprefix('已')}" if fact.startswith(("享受", "已", "有")) else f"不是{fact}"


def _all(tests: Iterable[Criterion]) -> str:
    return "，并且".join(dict.fromkeys(_words(test) for test in tests))


def _who(pack: Pack) -> Iterable[str]:
    for item in pack.hardship_class:
        yield _class_words(pack, item)
    if pack.gate:
        yield "同时还要符合：" + "；".join(f"{gate.label}" for gate in pack.gate) + "。"
    if not pack.hardship_class:
        for aid in pack.aid:
            filed = "建档在册的困难职工家庭" if aid.needs_archive else ""
            if scope := _aid_scope(aid, filed):
                yield f"{aid.label}{scope}。"


def _class_words(pack: Pack, item: HardshipClass) -> str:
    level = next((level.label for level in pack.level if level.code == item.level), "")
    name = item.label if not level or level in item.label else f"{item.label}（{level}）"
    return f"{name}：{_routes_words([list(dict.fromkeys(map(_words, route.test))) for route in item.route])}。"


def _routes_words(routes: list[list[str]]) -> str:
    """Conditions that every route needs are said once, the ways to fulfil the rest one after the other."""
    common = [words for words in routes[0] if all(words in route for route in routes)]
    rests = ["，并且".join(words for words in route if words not in common) for route in routes]
    ways = list(dict.fromkeys(rest for rest in rests if rest))
    if "" in rests or not ways:
        return "，并且".join(common)
    if not common or len(ways) == 1:
        return "，并且".join(common + ways) if len(ways) == 1 else "；或者，".join(ways)
    return f"{'，并且'.join(common)}；还要{'，或者'.join(ways)}"


def _how_much(pack: Pack) -> Iterable[str]:
    for aid in pack.aid:
        yield _aid_words(aid, _aid_scope(aid) if pack.hardship_class else "")
    for total in pack.aid_total:
        words = "；".join(cap_words(cap) for cap in total.cap)
        yield f"{_for_whom(pack, total)}{total.label}：{_at_most(words)}。"
    for rule in pack.stacking:
        yield _for_whom(pack, rule) + ("符合几样的，一年里可以同时享受。" if rule.allowed else "一年里只能享受其中一样。")


def _for_whom(pack: Pack, rule: Scoped) -> str:
    """The classes that a rule concerns, empty for all."""
    labels = [item.label for item in pack.hardship_class if rule.concerns(item.code, item.level)]
    return f"{'、'.join(labels)}：" if len(labels) < len(pack.hardship_class) else ""


def _aid_words(aid: AidItem, scope: str) -> str:
    parts = []
    for cap in aid.cap:
        parts.append(f"最多多少{OPEN_FIGURE}" if cap.is_unset else _at_most(cap_words(cap).strip("。")))
    for step in aid.approval:
        parts.append(f"超过 {_amount(step.above)} 元的，由{step.by}批准" if step.above is not None else f"由{step.by}批准")
    words = "；".join(dict.fromkeys(parts)) or "文件没有规定金额上限"
    note = aid.note.strip("。")
    return f"{aid.label}{scope}：{words}。" + (f"{note}。" if note else "")


def _at_most(words: str) -> str:
    return words if any(part in words for part in ("不超过", "最多", "最高", "以内")) else f"最多{words}"


def _aid_scope(aid: AidItem, whom: str = "") -> str:
    """For whom an aid item is meant, in brackets; every school stage is no limit."""
    stages = option_list("school_stage")
    parts = ["不符合建档条件的困难家庭"] if aid.without_archive_only else [whom] if whom else []
    if aid.stages and set(aid.stages) != set(stages.by_code):
        parts.append("、".join(stages.label(code) for code in aid.stages))
    tests = (*aid.needs, *aid.for_students)
    parts += [_all(tests)] if tests else []
    return f"（{'，'.join(parts)}）" if parts else ""


def _amount(figure: object) -> str:
    value = float(figure)  # type: ignore[arg-type]  # for reading only
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _papers(pack: Pack) -> Iterable[str]:
    for case in pack.evidence:
        yield f"{case.label}：{_paper_words(case)}。"


def _paper_words(case: Evidence) -> str:
    names = option_list("document_type")
    lines = []
    for papers in case.papers:
        words = "或".join(names.label(code) for code in papers.any_of)
        lines.append(f"{words}（{papers.note}）" if papers.note and len(papers.note) <= 24 else words)
    return "、".join(dict.fromkeys(lines))


def _where(pack: Pack) -> Iterable[str]:
    if pack.where:
        yield f"{pack.where.strip('。')}。"
    for number, step in enumerate(pack.step, 1):
        yield f"第 {number} 步　{step.label}：{step.text.strip('。')}。"
    notice = pack.notice
    if notice is not None:
        days = {"working": "个工作日", "calendar": "天"}[notice.day_kind]
        length = f"{_amount(notice.days)} {days}" if notice.days is not None else f"公示几天{OPEN_FIGURE}"
        where = f"，在{notice.where.removeprefix('在')}" if notice.where else ""
        yield f"审核后公示：{length}{where}。有不同意见可以在公示期内提出。"


def _when(pack: Pack) -> Iterable[str]:
    for deadline in pack.deadline:
        if _for_workers(deadline):
            whom = f"（{deadline.for_whom}）" if deadline.for_whom else ""
            late = "，过期不再受理" if deadline.refused_after else ""
            yield f"{deadline.label}{whom}：{_deadline_day(deadline, _years(pack))}前{late}。"
    for window in pack.window:
        if {"create", "apply"} & set(window.actions):
            yield f"{window.label}：{_window_words(window, _years(pack))}。"
    for window in pack.window:
        if not {"create", "apply"} & set(window.actions):
            yield f"{window.label}：{_window_words(window, _years(pack))}，工会核对各户情况，请配合。"


def _for_workers(deadline: Deadline) -> bool:
    if deadline.student or deadline.refused_after:
        return True
    words = deadline.label + deadline.for_whom
    return not any(part in words for part in _ABOUT_CLERKS) and any(part in words for part in _ABOUT_WORKERS)


def _years(pack: Pack) -> str:
    """Of which year the days are; a pack for one year only does not speak of every year."""
    year = pack.begins[:4]
    return f"{year} 年 " if pack.ends is not None and pack.ends[:4] == year else "每年 "


def _deadline_day(deadline: Deadline, years: str) -> str:
    if deadline.on:
        return _day(deadline.on)
    assert deadline.day is not None
    return years + _month_day(deadline.day)


def _window_words(window: Window, years: str) -> str:
    if (window.opens, window.closes) == ("01-01", "12-31"):
        return "全年都可以"
    return f"{years}{_month_day(window.opens)}至 {_month_day(window.closes)}"


def _mind(pack: Pack) -> Iterable[str]:
    ruled = [item.label for item in pack.exclusion if not item.aid_only]
    if ruled:
        lifted = any(item.classes or item.levels or item.except_classes for item in pack.exclusion)
        yield "有这些情形的，" + ("有的类别" if lifted else "") + "不能建档：" + "；".join(ruled) + "。"
    yield from (f"{item.label}。" for item in pack.exclusion if item.aid_only)
    yield "所填情况和材料必须真实；情况变化了，请及时告诉工会。"


def _day(day: str) -> str:
    year, month, number = day.split("-")
    return f"{year} 年 {int(month)} 月 {int(number)} 日"


def _month_day(day: str) -> str:
    return f"{int(day[:2])} 月 {int(day[3:])} 日"


