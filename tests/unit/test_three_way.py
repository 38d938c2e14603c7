"""Two branches of an archive are merged field by field; nothing is invented, nothing of one branch alone is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from db.domain.archive_content import ArchiveContent
from db.domain.form_schema import Value
from db.domain.three_way import merge, with_choices

WORKER_KEYS = ("name", "mobile_phone", "home_address", "monthly_income")
LIST_KEY = "secondary_hardship_causes"
MEMBER_KEYS = ("name", "monthly_income", "school_or_employer")
IDS = tuple(f"{number:08d}-0000-4000-8000-000000000000" for number in range(1, 6))
CODES = ("laid_off", "schooling", "illness", "disability")

words = st.sampled_from(("甲", "乙", "丙", ""))
amounts = st.sampled_from((0, 100, 250000))
causes = st.lists(st.sampled_from(CODES), unique=True, max_size=4)


def value_of(key: str) -> st.SearchStrategy[Value]:
    """Some answer of the field *key*."""
    return amounts if key == "monthly_income" else causes if key == LIST_KEY else words


def record(keys: tuple[str, ...]) -> st.SearchStrategy[dict[str, Value]]:
    """Some answers; any may be missing."""
    return st.fixed_dictionaries({}, optional={key: value_of(key) for key in keys})


@st.composite
def contents(draw: st.DrawFn) -> ArchiveContent:
    """A small household."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=4))
    members = [{"id": member_id, **draw(record(MEMBER_KEYS))} for member_id in ids]
    return ArchiveContent(draw(record((*WORKER_KEYS, LIST_KEY))), members)


def plain(content: ArchiveContent) -> tuple[object, ...]:
    """The answers without empty ones; several choices as a set, members in order."""

    def answers(values: dict[str, Value]) -> dict[str, object]:
        kept = {key: value for key, value in values.items() if value not in (None, "", [])}
        return {key: frozenset(value) if isinstance(value, list) else value for key, value in kept.items()}

    return answers(content.values), [answers(member) for member in content.members]


def answer_of(content: ArchiveContent, key: str) -> Value:
    """The answer; an empty one and none are the same, 0 is one."""
    value = content.values.get(key)
    return None if value in ("", []) else value


@given(contents(), contents())
def test_one_branch_alone__is_taken_as_it_is(base: ArchiveContent, changed: ArchiveContent) -> None:
    """Whoever has not moved takes the other's version, whichever of the two it is; without a question."""
    for merged in (merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed.copy())):
        assert plain(merged.content) == plain(changed)
        assert not merged.conflicts


@given(contents(), contents(), contents())
@settings(max_examples=200)
def test_any_branches__nothing_invented_nothing_lost(
    base: ArchiveContent, mine: ArchiveContent, theirs: ArchiveContent
) -> None:
    """Each answer comes from one of the three; a change of one branch alone arrives; the shape holds."""
    merged = merge(base, mine, theirs)
    paths = {conflict.path for conflict in merged.conflicts}
    for key in WORKER_KEYS:
        before, own, other, now = (answer_of(content, key) for content in (base, mine, theirs, merged.content))
        assert now == (other if own == before else own)
        assert (key in paths) == (own != before and other != before and own != other)
    ids = [member["id"] for member in merged.content.members]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= {member["id"] for member in (*mine.members, *theirs.members)}
    for member in merged.content.members:
        for key in MEMBER_KEYS:
            offered = [m.get(key) or None for c in (base, mine, theirs) for m in c.members if m["id"] == member["id"]]
            assert (member.get(key) or None) in offered or member.get(key) == 0


@given(contents(), contents(), contents())
@settings(max_examples=200)
def test_the_other_way_round__the_same_but_for_the_choice(
    base: ArchiveContent, mine: ArchiveContent, theirs: ArchiveContent
) -> None:
    """Both machines find the same conflicts, and taking the other's answer at all of them gives what the other gets."""
    here, there = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {c.path for c in here.conflicts} == {c.path for c in there.conflicts}
    chosen, missed = with_choices(here.content, theirs, [conflict.path for conflict in here.conflicts])
    assert not missed
    values, members = plain(chosen)
    other_values, other_members = plain(there.content)
    assert values == other_values
    assert {str(sorted(map(str, member.items()))) for member in members} == {  # type: ignore[attr-defined]
        str(sorted(map(str, member.items()))) for member in other_members  # type: ignore[attr-defined]
    }


@given(contents(), contents(), contents())
def test_applied_again__nothing_happens(base: ArchiveContent, mine: ArchiveContent, theirs: ArchiveContent) -> None:
    """Once merged, the other branch brings nothing new: it is the common version of the next time."""
    once = merge(base, mine, theirs).content
    again = merge(theirs, once, theirs)
    assert plain(again.content) == plain(once)
    assert not again.conflicts


@given(contents(), contents(), contents(), contents())
def test_two_laptops__whoever_comes_back_first(
    base: ArchiveContent, mine: ArchiveContent, first: ArchiveContent, second: ArchiveContent
) -> None:
    """Fields that at most one of the machines changed end the same in either order of coming back."""
    one = merge(base, merge(base, mine, first).content, second).content
    other = merge(base, merge(base, mine, second).content, first).content
    for key in WORKER_KEYS:
        answers = [answer_of(content, key) for content in (base, mine, first, second)]
        if sum(answer != answers[0] for answer in answers[1:]) <= 1:
            assert answer_of(one, key) == answer_of(other, key)
    everybody = [{member["id"] for member in content.members} for content in (base, mine, first, second)]
    added = set.union(*everybody[1:]) - everybody[0]
    assert added <= {member["id"] for member in one.members} & {member["id"] for member in other.members}


def test_disjoint_edits__both_survive() -> None:
    """A telephone here, a cause and a wage of a member there: all of it stands, lists are joined."""
    base = ArchiveContent({"name": "甲", LIST_KEY: ["laid_off"]}, [{"id": IDS[0], "name": "乙", "monthly_income": 0}])
    mine, theirs = base.copy(), base.copy()
    mine.values |= {"mobile_phone": "13800000000", LIST_KEY: ["laid_off", "illness"]}
    theirs.values |= {LIST_KEY: ["schooling"]}
    theirs.members[0]["monthly_income"] = 100
    mine.members.append({"id": IDS[1], "name": "丙"})
    theirs.members.insert(0, {"id": IDS[2], "name": "丁"})
    merged = merge(base, mine, theirs)
    assert merged.content.values["mobile_phone"] == "13800000000"
    assert merged.content.values[LIST_KEY] == ["illness", "schooling"]
    assert [member["name"] for member in merged.content.members] == ["丁", "乙", "丙"]
    assert merged.content.members[1]["monthly_income"] == 100
    assert not merged.conflicts


def test_same_field__mine_stays_and_is_told_in_the_words_of_the_form() -> None:
    """A conflict carries caption and the three answers as people read them."""
    base = ArchiveContent({}, [{"id": IDS[0], "name": "张浩", "monthly_income": 0}])
    mine, theirs = base.copy(), base.copy()
    mine.members[0]["monthly_income"], theirs.members[0]["monthly_income"] = 150000, 180000
    merged = merge(base, mine, theirs)
    (conflict,) = merged.conflicts
    assert merged.content.members[0]["monthly_income"] == 150000
    assert (conflict.caption, conflict.path) == ("家庭成员 张浩 · 月收入", f"{IDS[0]}.monthly_income")
    assert (conflict.base_text, conflict.mine_text, conflict.theirs_text) == ("0.00", "1,500.00", "1,800.00")
    assert type(conflict).from_json(conflict.to_json()) == conflict


def test_removed_here_changed_there__waits_for_a_choice() -> None:
    """Mine stays: removed when I removed, kept when I changed; the choice brings the other about."""
    base = ArchiveContent({}, [{"id": IDS[0], "name": "张浩"}, {"id": IDS[1], "name": "李秀兰"}])
    removed, changed = base.copy(), base.copy()
    del removed.members[0]
    changed.members[0]["monthly_income"] = 100
    here = merge(base, removed, changed)
    assert [member["name"] for member in here.content.members] == ["李秀兰"]
    (conflict,) = here.conflicts
    assert (conflict.path, conflict.mine_text, conflict.theirs_text) == (IDS[0], "已删除", "已修改")
    back, missed = with_choices(here.content, changed, [IDS[0]])
    assert not missed and {member["name"] for member in back.members} == {"李秀兰", "张浩"}
    there = merge(base, changed, removed)
    gone, _ = with_choices(there.content, removed, [IDS[0]])
    assert [member["name"] for member in gone.members] == ["李秀兰"]


def test_choice_for_a_member_who_is_gone__is_told() -> None:
    """A field of somebody who was removed meanwhile cannot be set any more."""
    base = ArchiveContent({}, [{"id": IDS[0], "name": "张浩"}])
    content, missed = with_choices(ArchiveContent(), base, [f"{IDS[0]}.name"])
    assert missed == [f"{IDS[0]}.name"] and content.members == []
