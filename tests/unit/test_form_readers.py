"""The screen's tables cover the whole declaration: a new kind, rule or field cannot be forgotten."""

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldKind
from db.domain.means_form import MEANS_FORM
from desktop.archives.list_model import COLUMNS, FIELD_KEYS, OWN_COLUMNS, SHOWN_AT_FIRST, caption_of
from desktop.forms.editors import EDITORS
from desktop.forms.field_row import SUGGESTIONS
from desktop.means.cell_editors import CELL_EDITORS


def test_editors__one_for_each_kind() -> None:
    """Every kind of field can be typed: in a form, or, where it only stands in ledgers, in their cells."""
    in_cells = {FieldKind.PERSON, FieldKind.PAPERS}
    assert set(EDITORS) | in_cells == set(FieldKind)
    assert set(CELL_EDITORS) >= in_cells


def test_suggestions__every_rule_has_its_words() -> None:
    """A proposal without words would show an empty link."""
    means = (spec for section in MEANS_FORM.sections for spec in section.fields)
    fields = (*ARCHIVE_FORM.worker_fields, *ARCHIVE_FORM.member_fields, *means)
    assert {spec.suggested_by for spec in fields if spec.suggested_by} == set(SUGGESTIONS)
    assert all(words.count("{}") == 1 for words in SUGGESTIONS.values())


def test_columns__are_fields_of_the_form_or_our_own() -> None:
    """Captions of the list come from the form, each column once."""
    assert len(set(COLUMNS)) == len(COLUMNS) == len(FIELD_KEYS) + len(OWN_COLUMNS)
    assert set(COLUMNS) >= SHOWN_AT_FIRST
    assert all(caption_of(column) for column in COLUMNS)
