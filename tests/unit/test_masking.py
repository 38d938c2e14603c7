"""What outsiders may read: no number of a person, card or phone, no member's name, no address, wherever it was written."""

import pytest
from factories import household
from hypothesis import given
from hypothesis import strategies as st

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import Privacy
from db.domain.masking import HIDDEN, Mask, masked_content, masked_words

WORDS = st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=8).filter(lambda text: not text.endswith(("-", " ")))


@given(WORDS, WORDS, st.sampled_from(["340824198108089035", "11010519491231002X", "13812345678", "0556-8921234", "6228485625535811664"]))
def test_mask__long_numbers_in_any_company(before: str, after: str, number: str) -> None:
    """Whatever stands around it, the middle of the number is gone."""
    told = Mask()(before + number + after)
    assert number not in told and number[4:-4] not in told and told.startswith(before)


@pytest.mark.parametrize(
    "words",
    ["2026-05-20", "2026-05-20 09:12 登记", "2026-05-20 至 2026-06-01", "第 12 页", "1,234,567.00 元", "并入 340882-2026-0001"],
)
def test_mask__leaves_days_amounts_and_archive_numbers(words: str) -> None:
    """What identifies nobody stays readable."""
    assert Mask()(words) == words


def test_mask__names_and_addresses() -> None:
    """Members are told by surname, the worker's own name stays, an address is hidden; the longer name counts."""
    mask = Mask(["王小明", "王小明月", "李雷"], keep=["李雷"], secrets=["梅城镇皖山路232号", "镇"])
    assert mask("王小明月和王小明住梅城镇皖山路232号，李雷") == f"王某和王某住{HIDDEN}，李雷"


def test_masked_content__nothing_private_stands_in_it() -> None:
    """No identifying or sensitive answer is left as it was; members keep their place and relation."""
    content = household(3, 3, remarks="孩子患病", hardship_cause_note="白血病")
    told = masked_content(content, Mask())
    for spec in ARCHIVE_FORM.worker_fields:
        if spec.privacy in {Privacy.IDENTIFYING, Privacy.SENSITIVE} and content.values.get(spec.key):
            assert told.values.get(spec.key) != content.values[spec.key], spec.key
    assert told.values["remarks"] == HIDDEN and told.text("name") == content.text("name")
    assert [member["relation_to_head"] for member in told.members] == [m["relation_to_head"] for m in content.members]
    assert all(str(member["name"]).endswith("某") for member in told.members)
    assert masked_words(ARCHIVE_FORM.field("monthly_income"), 120_000) == HIDDEN
