"""What rates of a table are to reach: as the policy in force says, else as the file of the table does.

A figure with ``target_policy`` names a ``[[target]]`` of policy packs; ``{R|goal}`` is the share itself, in a cell or caption.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from db.domain.reports.layout import ReportLayout

_GOAL = re.compile(r"\{([^{}|]+)\|goal\}")


def with_targets(layout: ReportLayout, rates: Mapping[str, Fraction]) -> ReportLayout:
    """The table with the shares to reach put in; *rates*: those of the policy in force, by their code there."""
    told = {
        code: replace(item, target=rates[item.target_policy] * 100) if item.target_policy in rates else item
        for code, item in layout.figures.items()
    }
    return _worded(replace(layout, figures=told))


def targets_of(layout: ReportLayout) -> dict[str, str]:
    """The shares to reach as they were put in, by the code of the figure; what a kept table is opened with again."""
    return {code: str(Fraction(item.target)) for code, item in layout.figures.items() if item.target_policy and "@" not in code}


def with_kept_targets(layout: ReportLayout, kept: Mapping[str, str]) -> ReportLayout:
    """The table with the shares of the day on which it was handed in."""
    told = {
        code: replace(item, target=Fraction(str(kept[code]))) if code in kept else item for code, item in layout.figures.items()
    }
    return _worded(replace(layout, figures=told))


def goal_text(target: Fraction | int) -> str:
    """A share to reach as people read it."""
    return f"{float(target):g}%" if target else ""


def _worded(layout: ReportLayout) -> ReportLayout:
    def filled(text: str) -> str:
        return _GOAL.sub(lambda found: goal_text(layout.figures[found[1]].target), text)

    columns = tuple(replace(column, head=filled(column.head), group=filled(column.group)) for column in layout.columns)
    lines = tuple(replace(line, cells=tuple(map(filled, line.cells))) for line in layout.lines)
    return replace(layout, columns=columns, lines=lines, notes=tuple(map(filled, layout.notes)), meaning=filled(layout.meaning))


def goals_in(text: str) -> list[str]:
    """Codes of the figures of which a caption tells what they are to reach."""
    return _GOAL.findall(text)
