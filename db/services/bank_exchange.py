"""The file for the bank and the bank's answer: written from an approved list, read back onto it.

Layouts come with the program, and an office may read in its bank's own. Amounts are 分.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from db.domain.aid.bank_answer import ListedLine, Reconciliation, SetAside, lay_beside
from db.domain.aid.bank_layout import BankLayout, LayoutError, packaged_layouts, read_layout
from db.domain.aid.list_flow import LineState, ListState
from db.domain.option_lists import option_list
from db.errors import NuandangError, Progress, UserError
from db.exchange.bank_file import write_bank_file
from db.exchange.bank_return import read_bank_return
from db.services import bank_files, disbursement, payment_guards
from db.services import office as offices
from db.services.disbursement import Line, LineResult, ListView, ReturnOutcome
from db.services.leftovers import remember_output
from db.services.office import OfficeSession
from db.store import aid_store
from db.store.file_faults import read_at_most
from db.store.partial_files import written_whole

_OWN_LAYOUTS = "bank_layouts"
_LARGEST_LAYOUT = 64 << 10
_LARGEST_ANSWER = 200 << 20


@dataclass(frozen=True, slots=True)
class ReturnPreview:
    """What a bank's answer would put down; *found* names lines by id, *lines* are the list's."""

    list_number: str
    lines: tuple[Line, ...]
    found: Reconciliation
    settled_before: int = 0
    """Rows about lines whose outcome stands already and is the same."""
    set_aside: tuple[SetAside, ...] = field(default=())
    sha256: str = ""
    """Of the file, where every row of it is about this list."""

    doubt: str = ""
    """Why somebody should ask the bank although every row fits: it may have paid the list twice."""

    @property
    def unread(self) -> int:
        """Lines whose outcome the answer tells first; there is nothing to put down where there are none."""
        told = {*self.found.paid, *self.found.failed}
        return sum(line.id in told and line.state is LineState.WAITING for line in self.lines)


# -- layouts ------------------------------------------------------------------------------------------------------


def layouts(session: OfficeSession) -> list[BankLayout]:
    """The layouts that can be used: the program's and the office's own, which go before one of the same id."""
    own = [read_layout(text) for text in _own(session).values()]
    return list({layout.id: layout for layout in (*packaged_layouts().values(), *own)}.values())


def find_layout(session: OfficeSession, layout_id: str) -> BankLayout:
    """The layout *layout_id*; UserError names those there are."""
    found = {layout.id: layout for layout in layouts(session)}
    if layout_id not in found:
        raise UserError("bank_layout_unknown", text=layout_id, known="、".join(found))
    return found[layout_id]


def _own(session: OfficeSession) -> dict[str, str]:
    found: dict[str, str] = offices.get_setting(session, _OWN_LAYOUTS, {})
    return found


def add_layout(session: OfficeSession, path: Path) -> BankLayout:
    """Read in a bank's layout from a file; it replaces one of the same id."""
    data = read_at_most(path, _LARGEST_LAYOUT + 1)
    if len(data) > _LARGEST_LAYOUT:
        raise UserError("bank_layout_bad", name=path.name, first="文件太大，不像是版式文件。")
    try:
        text = data.decode("utf-8-sig")
        layout = read_layout(text)
    except (UnicodeDecodeError, LayoutError) as fault:
        why = str(fault) if isinstance(fault, LayoutError) else "要存成 UTF-8 编码"
        raise UserError("bank_layout_bad", name=path.name, first=f"{why}。") from fault
    offices.set_setting(session, _OWN_LAYOUTS, {**_own(session), layout.id: text})
    return layout


def remove_layout(session: OfficeSession, layout_id: str) -> None:
    """Forget a layout of the office's own."""
    offices.set_setting(session, _OWN_LAYOUTS, {key: text for key, text in _own(session).items() if key != layout_id})


# -- the file -----------------------------------------------------------------------------------------------------


def write_roster(session: OfficeSession, list_id: str, layout_id: str, path: Path, reason: str = "") -> str:
    """Write the file for the bank from an approved list and note that it was; its SHA-256.

    The content is compared with what was locked first. Where a file was written before, *reason* says why another is
    needed: the bank may take each of them for an order. All of them say the same.
    """
    layout = find_layout(session, layout_id)
    view = disbursement.load_list(session, list_id)
    if view.row.state not in {ListState.APPROVED, ListState.SENT}:
        raise UserError("list_not_here", number=view.row.number, state=view.row.state_label)
    out = BytesIO()
    write_bank_file(out, layout, _title(session, view), [line_values(view, line) for line in view.lines])
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    remember_output(session, path.parent)
    new, noted = bank_files.NewFile(layout.id, layout.title, path.absolute(), digest, reason), ""
    try:
        with written_whole(path) as file:
            file.write(out.getvalue())
            file.flush()
            os.fsync(file.fileno())
            # the disk has it all, but nobody can see it yet: first the note, then the name. A file that went to the bank
            # without the list knowing of it could be paid twice
            noted = disbursement.mark_sent(session, list_id, layout.id, digest, disbursement.content_print(view.lines), new)
    except NuandangError:
        if noted:
            bank_files.note_not_written(session, noted, [line.archive_id for line in view.lines], path)
        raise
    return digest


def write_draft(session: OfficeSession, list_id: str, layout_id: str, path: Path) -> None:
    """The same list for reading and signing, in whatever state; the bank's file is only :func:`write_roster`'s."""
    layout, view = find_layout(session, layout_id), disbursement.load_list(session, list_id)
    remember_output(session, path.parent)
    with written_whole(path) as file:
        write_bank_file(file, layout, f"{_title(session, view)}（{view.row.state_label}）",
                        [line_values(view, line) for line in view.lines])  # fmt: skip


def _title(session: OfficeSession, view: ListView) -> str:
    return f"{session.office.name}{view.row.title}发放花名册　{view.row.number}"


def line_values(view: ListView, line: Line) -> dict[str, object]:
    """A line by the fields of a layout."""
    return {
        "number": line.position,
        "item": option_list("aid_item").label(line.item),
        "list_number": view.row.number,
        **{
            key: getattr(line, key)
            for key in ("payee_name", "id_number", "employer", "fund_name", "amount", "bank", "branch", "account", "phone", "note")
        },
    }


# -- the answer ---------------------------------------------------------------------------------------------------


def read_return(
    session: OfficeSession, list_id: str, path: Path, layout_id: str, *, unmentioned_paid: bool = False
) -> ReturnPreview:
    """Lay a bank's answer beside its list; nothing is put down. *unmentioned_paid*: the bank lists only what failed."""
    view = disbursement.load_list(session, list_id)
    rows = read_bank_return(path, find_layout(session, layout_id))
    listed = [ListedLine(line.id, line.account, line.payee_name, line.amount) for line in view.lines]
    found = lay_beside(listed, rows, unmentioned_paid=unmentioned_paid)
    _leave_settled(view.lines, found)
    states = {line.id: line.state for line in view.lines}
    same = [key for key in found.paid if states[key] is LineState.PAID]
    same += [key for key in found.failed if states[key] is LineState.FAILED]
    digest = "" if found.set_aside else hashlib.sha256(read_at_most(path, _LARGEST_ANSWER)).hexdigest()
    with session.database.reading() as connection:
        payment_guards.refuse_other_answer(connection, view.row.number, digest)
        is_known = bool(digest) and aid_store.answered_with(connection, digest) == view.row.number
    paid_before = sum(states[key] is LineState.PAID for key in found.paid)
    doubt = "" if is_known else bank_files.doubt_of_second(view.files, paid_before)
    return ReturnPreview(view.row.number, view.lines, found, len(same), tuple(found.set_aside), digest, doubt)


def _leave_settled(lines: Sequence[Line], found: Reconciliation) -> None:
    """What stands already and is told otherwise now stays as it is and is set aside; the rest of the answer counts."""
    for line in lines:
        other = (line.id in found.paid and line.state is LineState.FAILED) or (
            line.id in found.failed and line.state is LineState.PAID
        )
        if not other:
            continue
        if line.id in found.rows:
            text = f"“{line.payee_name}”已记为“{line.state_label}”，与这一行不同，没有改。请向银行核实；发错的请登记退回。"
            found.set_aside.append(SetAside(found.rows[line.id], text))
        if line.id in found.paid:
            found.paid.remove(line.id)
        found.failed.pop(line.id, None)
    found.set_aside.sort(key=lambda item: item.row)


def apply_return(
    session: OfficeSession, list_id: str, preview: ReturnPreview, paid_on: str, progress: Progress | None = None
) -> ReturnOutcome:
    """Put down what :func:`read_return` found; what was set aside waits on."""
    results: Sequence[LineResult] = [
        *(LineResult(key, True, paid_on) for key in preview.found.paid),
        *(LineResult(key, False, paid_on, reason) for key, reason in preview.found.failed.items()),
    ]
    return disbursement.settle_lines(session, list_id, results, preview.sha256, progress)
