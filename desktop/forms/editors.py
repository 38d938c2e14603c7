"""The table of editors: one per kind of field."""

from collections.abc import Callable

from db.domain.form_schema import FieldKind, FieldSpec
from desktop.forms.choice_editors import MultiChoiceEditor, RadioEditor, YesNoEditor, offered
from desktop.forms.editor_base import Editor
from desktop.forms.list_editors import ListEditor, RegionEditor
from desktop.forms.text_editors import LineEditor, LongTextEditor

RADIO_LIMIT = 5


def _choice(spec: FieldSpec) -> Editor:
    return RadioEditor(spec) if len(offered(spec)) <= RADIO_LIMIT else ListEditor(spec)


EDITORS: dict[FieldKind, Callable[[FieldSpec], Editor]] = {
    FieldKind.TEXT: LineEditor,
    FieldKind.NAME: LineEditor,
    FieldKind.LONG_TEXT: LongTextEditor,
    FieldKind.ID_NUMBER: LineEditor,
    FieldKind.DATE: LineEditor,
    FieldKind.MONEY: LineEditor,
    FieldKind.AREA: LineEditor,
    FieldKind.COUNT: LineEditor,
    FieldKind.PHONE: LineEditor,
    FieldKind.CONTACT: LineEditor,
    FieldKind.POSTAL_CODE: LineEditor,
    FieldKind.BANK_ACCOUNT: LineEditor,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI_CHOICE: MultiChoiceEditor,
    FieldKind.YES_NO: YesNoEditor,
    FieldKind.REGION: RegionEditor,
}


def editor_for(spec: FieldSpec) -> Editor:
    """The editor of a field, by its kind."""
    return EDITORS[spec.kind](spec)
