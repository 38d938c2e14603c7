"""What a 典型案例 tells of a household: nobody can be found by it – no name, number, day of birth, address or employer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.domain.archive_content import ArchiveContent
from db.domain.case_words import Standing
from db.domain.derivation import age_on
from db.domain.field_kinds import format_amount
from db.domain.masking import short_name
from db.domain.option_lists import option_list

_HEAVENLY = "甲乙丙丁戊己庚辛壬癸"
_NUMERALS = "零一二三四五六七八九十"
_WORK = {
    "on_post": "在岗职工", "off_post": "下岗职工", "unemployed": "失业职工", "retired": "退休职工", "sick_leave": "病休职工",
    "early_retired": "内退职工", "retired_cadre": "离休干部",
}  # fmt: skip
_AWAY = frozenset({"unemployed", "off_post", "retired", "retired_cadre"})
_STUDENTS = frozenset({"postgraduate", "college", "vocational", "senior_high", "junior_high", "primary", "preschool"})
_NOW = {
    Standing.ON_FILE: "目前仍在档帮扶。",
    Standing.PHASING_OUT: "目前已达到退出条件，正在渐退期内继续帮扶。",
    Standing.EXITED: "经过帮扶，这一家已经脱困退出。",
    Standing.TEMPORARY: "这一家作为临时救助对象得到帮扶。",
}


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a household: *paid* are kind and 分 of each grant paid, *visits* how often it was visited."""

    content: ArchiveContent
    standing: Standing
    visits: int
    paid: Sequence[tuple[str, int]]
    years: tuple[str, str] = ("", "")
    """First and last year of what was paid."""


def numeral(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + (_NUMERALS[ones] if ones or not tens else "")


def story_facts(story: Story, number: int, taken: Counter[str], today: str) -> dict[str, str]:
    """The facts a text may name, the *number*-th story of the text; *taken* counts who is called alike."""
    values = story.content.values
    person = short_name(str(values.get("name") or "")) or "某职工"
    taken[person] += 1
    if taken[person] > 1:
        person += _HEAVENLY[min(taken[person], 10) - 1]
    return {
        "number": numeral(number),
        "person": person,
        "sex": _label("sex", values.get("sex")) or "性别没有填",
        "age": _age(age_on(values.get("birth_on"), today)),
        "work": _work(values),
        "household": _household(story.content),
        "cause": _label("hardship_cause", values.get("main_hardship_cause")) or "【请补充】",
        "class_words": _class_words(values),
        "measures": _measures(values),
        "visits_words": _visits(story.visits),
        "aid_words": _aid(story),
        "now": _NOW.get(story.standing, "【请写明：现在的情况】"),
    }


def _label(options: str, code: object) -> str:
    return option_list(options).label(str(code)) if code else ""


def _age(age: int | None) -> str:
    """Only the decade: nobody is found by it."""
    if age is None:
        return "年龄没有填"
    return f"{_NUMERALS[age // 10]}十多岁" if 20 <= age < 100 else "不满二十岁" if age < 20 else "百岁老人"


def _work(values: Mapping[str, object]) -> str:
    """Where somebody stands; of the employer no more than that it is one, and of those without work not even that."""
    status = _WORK.get(str(values.get("work_status")), "职工")
    if values.get("work_status") in _AWAY:
        return status
    return f"{'某机关事业单位' if values.get('employer_type') == 'state_institution' else '某企业'}{status}"


def _household(content: ArchiveContent) -> str:
    heads = 1 + len(content.members)
    pupils = sum(1 for member in content.members if member.get("member_identity") in _STUDENTS)
    return f"家中{heads}口人" + (f"，其中{pupils}个孩子在上学" if pupils else "")


def _class_words(values: Mapping[str, object]) -> str:
    label = _label("hardship_category", values.get("hardship_category"))
    return f"被认定为{label}职工家庭。" if label else "【请写明困难类别】"


def _measures(values: Mapping[str, object]) -> str:
    found = []
    for key, options in (("batch_measures", "batch_measure"), ("action_plans", "action_plan")):
        codes = values.get(key)
        found += [_label(options, code) for code in codes if code != "other"] if isinstance(codes, list) else []
    return f"针对这一家的情况，工会制定了帮扶措施：{'、'.join(found)}。" if found else "【请写明：针对这一家制定了什么帮扶措施】"


def _visits(number: int) -> str:
    return f"帮扶干部走访联系{number}次。【请写明：解决了什么难处】" if number else "【请写明：帮扶干部怎样走访联系】"


def _aid(story: Story) -> str:
    if not story.paid:
        return "【请写明：给了哪些救助】"
    times = Counter(item for item, _ in story.paid)
    kinds = "、".join(f"{_label('aid_item', item)}{count}次" for item, count in times.items())
    total = sum(amount for _, amount in story.paid)
    first, last = story.years
    when = f"{first}年" if first == last else f"{first}年至{last}年"
    return f"{when}，工会先后给予{kinds}" + (f"，合计{format_amount(total)}元。" if total else "。")
