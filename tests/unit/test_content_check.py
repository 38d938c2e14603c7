"""Looking over many archives at once finds what the checks of the form find."""

from typing import Any

import pytest
from factories import household
from hypothesis import given, settings
from hypothesis import strategies as st

from db.domain import validation
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.content_check import look_over
from db.domain.validation import Severity, Stage

TODAY = "2026-11-21"
WORKER = [spec.key for spec in ARCHIVE_FORM.worker_fields]
MEMBER = [spec.key for spec in ARCHIVE_FORM.member_fields]
TEXTS = ["", "x", "长" * 300, "长" * 12_000, "a\x00b", "2026-13-40", "2026-02-29", "1850-01-01", "2031-05-05", "母女\n"]
NUMBERS = ["340882199001011234", "34088219900101123X", "13912345678", "246300", "62284800000000000", "rich", "married"]
VALUES = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 99, 100, 10**15, 10**16, [], ["employment"], ["x"], ["tuition_aid"] * 9]),
    st.sampled_from(TEXTS + NUMBERS),
)


def as_the_form_finds(content: ArchiveContent) -> tuple[bool, bool]:
    """Whether something is unknown, and whether the form finds an error in what is known."""
    if validation.unknown_entries(content):
        return True, False
    problems = validation.check_form(content, Stage.DRAFT, TODAY)
    return False, any(item.severity is Severity.ERROR for item in problems)


def as_looked_over(content: ArchiveContent) -> tuple[bool, bool]:
    """The same by :func:`look_over`; what it names as unknown must be among what the form names."""
    found = look_over(content, TODAY)
    assert found.unknown is None or found.unknown in validation.unknown_entries(content)
    return found.unknown is not None, found.has_errors


@settings(max_examples=400, deadline=None)
@given(
    seed=st.integers(0, 5),
    worker=st.dictionaries(st.sampled_from([*WORKER, "salary"]), VALUES, max_size=4),
    member=st.dictionaries(st.sampled_from([*MEMBER, "id", "rank"]), VALUES, max_size=3),
)
def test_look_over__agrees_with_the_form(seed: int, worker: dict[str, Any], member: dict[str, Any]) -> None:
    """Whatever is changed in a household."""
    content = household(f"look {seed}")
    content.values.update(worker)
    content.members[-1].update(member)
    assert as_looked_over(content) == as_the_form_finds(content)


@pytest.mark.parametrize("key", WORKER)
@pytest.mark.parametrize("value", [None, True, 0, 1, -5, "x", "2030-01-01", [], ["x"], 10**15, "长" * 500], ids=str)
def test_look_over__every_field_with_every_kind_of_value(key: str, value: Any) -> None:
    """Field by field."""
    content = household("look")
    content.values[key] = value
    assert as_looked_over(content) == as_the_form_finds(content)


def test_look_over__edition_and_member_ids() -> None:
    """What is no field, but must be storable, too."""
    content = household("ids")
    del content.members[0]["id"]
    assert look_over(content, TODAY).unknown == "id"
    content = household("ids")
    content.edition = "a\x00"
    assert look_over(content, TODAY).unknown == "edition"
    assert look_over(household("ids"), TODAY) == look_over(household("ids"), "2050-01-01")
