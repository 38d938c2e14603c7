"""Policy as data: one door to the policy book, its figures, its editing and its delivery, for screen and command line."""

from db.domain.policy.book import LoadedPack, PolicyBook
from db.services.policy_figures import (
    OPERATOR_LABELS,
    EditableFigure,
    FigureKind,
    UnsetFigure,
    figures,
    open_questions,
)
from db.services.policy_library import (
    DELIVERED,
    EDITED,
    ORIGIN_LABELS,
    book_of,
    choose_policy,
    chosen_id,
    chosen_policy,
    find_pack,
    keep_pack,
    policy_book,
)
from db.services.policy_rows import STATE_LABELS, PolicyRow, SourceLine, packaged_rows, policy_rows

__all__ = [
    "DELIVERED",
    "EDITED",
    "OPERATOR_LABELS",
    "ORIGIN_LABELS",
    "STATE_LABELS",
    "EditableFigure",
    "FigureKind",
    "LoadedPack",
    "PolicyBook",
    "PolicyRow",
    "SourceLine",
    "UnsetFigure",
    "book_of",
    "choose_policy",
    "chosen_id",
    "chosen_policy",
    "figures",
    "find_pack",
    "keep_pack",
    "open_questions",
    "packaged_rows",
    "policy_book",
    "policy_rows",
]
