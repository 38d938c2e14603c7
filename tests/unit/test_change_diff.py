"""What changed between two versions, in the form's captions, ready to store and to show."""

import json

from factories import household, member
from hypothesis import given, settings
from hypothesis import strategies as st

from db.domain.archive_content import ArchiveContent
from db.domain.change_diff import ATTACHMENT, Change, changes_between


def test_same__no_changes() -> None:
    """The same content, and the same with an empty value written differently, is unchanged."""
    content = household()
    assert changes_between(content, content.copy()) == []
    before = ArchiveContent({"remarks": None, "key_groups": []})
    assert changes_between(before, ArchiveContent({"remarks": ""})) == []


def test_field__old_and_new_in_the_words_of_the_form() -> None:
    """Codes, amounts, yes/no and several choices are shown as the form words them."""
    before = ArchiveContent({"health_status": "good", "monthly_income": 150000, "is_single_parent": False})
    after = ArchiveContent({"health_status": "disabled", "monthly_income": 188050, "is_single_parent": True})
    after.values["secondary_hardship_causes"] = ["laid_off", "schooling"]
    shown = {change.label: (change.old_text, change.new_text) for change in changes_between(before, after)}
    assert shown == {
        "健康状况": ("良好", "残疾"),
        "本人月平均收入": ("1,500.00", "1,880.50"),
        "是否单亲": ("否", "是"),
        "次要致困原因": ("", "下岗失业、子女上学"),
    }


def test_zero_and_no__are_answers() -> None:
    """0 元 and 否 are answers, not blanks: filling them in is a change."""
    changes = changes_between(ArchiveContent(), ArchiveContent({"monthly_income": 0, "is_single_parent": False}))
    assert [(change.old_text, change.new_text) for change in changes] == [("", "否"), ("", "0.00")]


def test_member__matched_by_id() -> None:
    """A member who changes is told with name and field, whatever the position."""
    son, wife = member(name="张浩", monthly_income=0), member(name="李秀兰")
    grown = {**son, "monthly_income": 220000}
    (change,) = changes_between(ArchiveContent({}, [son, wife]), ArchiveContent({}, [wife, grown]))
    assert (change.label, change.old_text, change.new_text) == ("家庭成员 张浩 · 月收入", "0.00", "2,200.00")
    assert change.spec is not None and change.spec.key == "monthly_income"


def test_member__added_and_removed() -> None:
    """Added and removed members are told whole."""
    son, wife = member(name="张浩"), member(name="李秀兰")
    added, removed = changes_between(ArchiveContent({}, [son]), ArchiveContent({}, [wife]))
    assert (added.label, added.new_text, added.spec) == ("家庭成员 李秀兰", "新增", None)
    assert (removed.label, removed.new_text) == ("家庭成员 张浩", "已删除")


def test_members__order_alone_is_a_change() -> None:
    """Another order on the paper is a change too."""
    son, wife = member(name="张浩"), member(name="李秀兰")
    (change,) = changes_between(ArchiveContent({}, [son, wife]), ArchiveContent({}, [wife, son]))
    assert change.new_text == "顺序调整"


def test_attachment__is_no_field() -> None:
    """A paper has a caption of its own."""
    change = Change(ATTACHMENT, None, "诊断书 a.jpg")
    assert (change.label, change.old_text, change.new_text, change.spec) == ("附件", "", "诊断书 a.jpg", None)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_changes__survive_json(first: int, second: int) -> None:
    """What is stored with a revision reads back as the same changes."""
    changes = changes_between(household(first), household(second))
    stored = json.loads(json.dumps([change.to_json() for change in changes]))
    assert [Change.from_json(item) for item in stored] == changes


def test_copy__shares_nothing() -> None:
    """A copy of a content changes alone; JSON and back gives the same content."""
    content = household(members=2)
    copy = content.copy()
    copy.members[0]["name"] = "别人"
    copy.values["key_groups"].append("other")  # type: ignore[union-attr]
    assert content.members[0]["name"] != "别人" and "other" not in content.values["key_groups"]  # type: ignore[operator]
    assert ArchiveContent.from_json(json.loads(json.dumps(content.to_json()))) == content
    assert content.text("name") and content.text("monthly_income") == "" == content.text("nothing")
