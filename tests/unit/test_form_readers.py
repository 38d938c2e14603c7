"""The screen's tables cover the whole declaration: a new kind, rule or field cannot be forgotten."""

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldKind
from desktop.archives.list_model import COLUMNS, FIELD_KEYS, OWN_COLUMNS, SHOWN_AT_FIRST, caption_of
from desktop.forms.editors import EDITORS
from desktop.forms.field_row import SUGGESTIONS


def test_editors__one_for_each_kind() -> None:
    """Every kind of field can be typed."""
    assert set(EDITORS) == set(FieldKind)


def test_suggestions__every_rule_has_its_words() -> None:
    """A proposal without words would show an empty link."""
    fields = (*ARCHIVE_FORM.worker_fields, *ARCHIVE_FORM.member_fields)
    assert {spec.suggested_by for spec in fields if spec.suggested_by} == set(SUGGESTIONS)
    assert all(words.count("{}") == 1 for words in SUGGESTIONS.values())


def test_columns__are_fields_of_the_form_or_our_own() -> None:
    """Captions of the list come from the form, each column once."""
    assert len(set(COLUMNS)) == len(COLUMNS) == len(FIELD_KEYS) + len(OWN_COLUMNS)
    assert set(COLUMNS) >= SHOWN_AT_FIRST
    assert all(caption_of(column) for column in COLUMNS)
