"""Where a line comes from that lies in an archive merged into the one shown; leads there."""

from functools import partial

from PySide6.QtWidgets import QPushButton

from db.services.former_archives import FormerArchive
from desktop.context import AppContext
from desktop.widgets.basics import button


def former_words(former: FormerArchive) -> str:
    """How such lines are marked everywhere."""
    return f"原档案 {former.archive_number}"


def former_mark(context: AppContext, former: FormerArchive) -> QPushButton:
    """The mark; a click opens the archive."""
    made = button(former_words(former), "link", act=partial(context.window.open_archive, former.id))
    made.setToolTip(f"{former.merged_at[:10]} 并入以前记在这份档案里的，只能看，点一下打开那份。")
    return made
