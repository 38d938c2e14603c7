"""The printable page about how archives travel says what the screens say."""

import resources
from db.services import printing
from db.services.submission import SUBMISSION_LABELS


def test_guide__fits_one_page_and_names_every_state() -> None:
    """Every word of the column 上报状态 is explained, and the page can hang beside the desk."""
    text = resources.read_text("help/exchange.md")
    assert [words for words in SUBMISSION_LABELS.values() if words not in text] == []
    assert printing.page_count(printing.exchange_guide_pdf()) == 1
