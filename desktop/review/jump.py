"""From the reason of a return to the place it is about: a field of the form, the worksheet, a paper, the assessment."""

from db.domain.review import Reason
from desktop.context import WindowActions

_TABS = {"@means": "means", "@attachment": "papers", "@assessment": "assessment"}


def jump_to_reason(window: WindowActions, archive_id: str, reason: Reason) -> None:
    """Open what *reason* is about, ready to be put right; the archive where it is about the whole of it."""
    if reason.field in _TABS:
        window.show_page("archive", archive_id=archive_id, tab=_TABS[reason.field])
    elif reason.field:
        key = reason.field.removeprefix("member.")
        path = f"{reason.member_id}.{key}" if reason.member_id else key
        window.show_page("wizard", archive_id=archive_id, field=path)
    else:
        window.show_page("archive", archive_id=archive_id)
