"""One line of a record's table – a service, a stage, a follow-up – as a small form of its own."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from db.domain.records.record_form import RecordContent, RecordForm, Row
from db.errors import UserError
from desktop.context import AppContext
from desktop.records.record_dialog import RecordDialog


def line_form(form: RecordForm, table: str) -> RecordForm:
    """The columns of *table* as the fields of a form."""
    section = form.repeated[table]
    return RecordForm(
        kind=form.kind,
        title=section.title,
        edition=form.edition,
        day="",
        of_archive=form.of_archive,
        sections=(type(section)(key=section.key, title=section.title, fields=section.fields),),
    )


def ask_line(
    parent: QWidget,
    context: AppContext,
    form: RecordForm,
    table: str,
    title: str,
    begin: Row,
    save: Callable[[Row], object],
    hint: str = "",
) -> bool:
    """Ask for a line, beginning with *begin*; *save* stores it or raises what is wrong. Whether it was stored."""
    asked = line_form(form, table)

    def store(given: RecordContent) -> None:
        try:
            save(dict(given.values))
        except UserError as fault:
            raise _for_the_line(fault, asked) from fault

    return bool(RecordDialog(parent, context, asked, RecordContent(dict(begin)), title, store, hint=hint).exec())


def _for_the_line(fault: UserError, form: RecordForm) -> UserError:
    """Faults of the whole record as this form can show them: those of its fields beside them."""
    found = fault.context.get("faults", ())
    told = tuple(type(item)(item.code, item.severity, item.field, None, item.context) for item in found)
    own = tuple(item for item in told if item.field in form.by_key)
    return UserError(fault.code, **{**fault.context, "faults": own or told})
