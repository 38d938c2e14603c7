"""The help on facts files says what the program takes: every key, every code, and an example that works."""

import json
import re
from datetime import date

import pytest

import resources
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.policy.assessment import Outcome
from db.domain.policy.book import packaged_book
from db.domain.policy.eligibility import assess
from db.domain.policy.facts import STANDARDS_SECTION, HouseholdFacts, facts_from_json, facts_sections

HELP = resources.read_text("help/facts.md")
SECTIONS = (*facts_sections(), STANDARDS_SECTION)


def chapter(section: Section) -> str:
    """The text under the heading of a section."""
    start = HELP.index(f" `{section.key}`\n")
    return HELP[start : re.compile(r"^##", re.MULTILINE).search(HELP, start).start()]  # type: ignore[union-attr]


def example() -> dict[str, object]:
    """The complete example."""
    found: dict[str, object] = json.loads(HELP.split("```json\n")[1].split("```")[0])
    return found


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_help__names_every_key_of_a_section(section: Section) -> None:
    """One line for each, no more, in the same order, with its caption; what must be written is marked."""
    lines = re.findall(r"^\| `(\w+)` \| ([^|（]+)(（必填）)? \|", chapter(section), re.MULTILINE)
    expected = [
        (spec.key, spec.label.split("（")[0], "（必填）" if spec.starred and section.repeats else "") for spec in section.fields
    ]
    assert lines == expected


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.key)
def test_help__names_every_code(section: Section) -> None:
    """In the table itself, or in the list that it points to."""
    for spec in section.fields:
        for option in option_list(spec.options).current() if spec.options else ():
            assert f"`{option.code}` {option.label}" in HELP, (section.key, spec.key, option.code)


def test_example__uses_every_section_and_fits_as_the_help_says() -> None:
    """It can be copied and assessed."""
    facts = facts_from_json(example())
    assert isinstance(facts, HouseholdFacts)
    assert set(example()) == {"year", *(section.key for section in SECTIONS)}
    book = packaged_book()
    pack = book.pack("qianshan-2020", "2020-06-01")
    assert pack is not None
    result = assess(facts, pack, book, date(2020, 6, 1))
    assert (result.outcome, result.suggested_class, result.suggested_level) == (Outcome.FITS, "near_subsistence", "national")
    assert result.missing == ()
