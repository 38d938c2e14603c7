"""The print grid of a form edition, read from its layout file: which field stands where, in millimetres."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import resources
from db.domain.form_schema import FormSchema

ACROSS, COLUMNS, MEMBERS = "across", "columns", "members"
CAUSES, ATTACHMENTS, DECISION, GROUPS = "causes", "attachments", "decision", "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: the field whose value it shows, or fixed words; widths in millimetres."""

    width: float
    field: str = ""
    caption: float = 0.0
    """Width of the caption beside the value; 0 when the caption stands above."""
    also: str = ""
    """A second field printed behind the first one."""
    also_words: str = ""
    """What a yes of the second field is printed as."""
    note: str = ""
    """The field behind 其他（注明）."""
    label: tuple[str, ...] = ()
    """The caption in lines; the schema's caption when empty."""
    signature: str = ""
    """Words beside an empty place for a signature."""
    head: str = ""
    """Head of a column that is no field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One band of the grid; which attributes count depends on *kind*."""

    kind: str
    height: float
    heads: float = 0.0
    cells: tuple[Cell, ...] = ()
    fills: bool = False
    """Whether the row takes the height that the others leave."""
    label: tuple[str, ...] = ()
    label_width: float = 0.0
    least: int = 0
    most: int = 0
    blank: int = 0
    blank_height: float = 0.0
    tall: float = 0.0
    """Height of a row of the member grid where the page has room."""
    step: float = 0.0
    columns: int = 0
    words: dict[str, str] = field(default_factory=dict, hash=False)
    """Further field keys and fixed words of special rows (causes, decision)."""


@dataclass(frozen=True, kw_only=True)
class FormLayout:
    """The whole grid."""

    page: dict[str, float]
    header: dict[str, str]
    footer: dict[str, str]
    size: dict[str, float]
    rows: tuple[Row, ...]

    def row(self, kind: str) -> Row:
        """The one row of a special *kind*."""
        return next(row for row in self.rows if row.kind == kind)

    def spare_height(self, members: int, attachments: int) -> float:
        """Height in millimetres left on the first page when the grids have so many of their lowest rows."""
        counts = {MEMBERS: members, ATTACHMENTS: attachments}
        heights = (row.heads + row.height * counts.get(row.kind, 1) for row in self.rows)
        return self.page["grid_bottom"] - self.page["grid_top"] - sum(heights)

    def worker_keys(self) -> list[str]:
        """Every household field the grid shows, in order, as often as it is shown."""
        keys = [self.header["filed_on"]]
        for row in self.rows:
            if row.kind != MEMBERS:
                keys += [key for cell in row.cells for key in (cell.field, cell.also, cell.note) if key]
                keys += [row.words[name] for name in _FIELD_WORDS if name in row.words]
        return keys

    def member_keys(self) -> list[str]:
        """Every member field the grid shows, in order."""
        return [cell.field for cell in self.row(MEMBERS).cells]


_FIELD_WORDS = ("main", "several", "note", "field", "date")
_PLAIN = frozenset(Row.__dataclass_fields__) - {"cells", "words", "label"}


def _cell(entry: dict[str, Any]) -> Cell:
    label = tuple(entry.pop("label", ()))
    return Cell(label=label, **entry)


def _row(entry: dict[str, Any]) -> Row:
    listed = entry.pop("cells", None)
    if listed is None:
        columns = entry.get("columns")
        listed = entry.pop("columns") if isinstance(columns, list) else []
    plain = {key: value for key, value in entry.items() if key in _PLAIN}
    words = {key: value for key, value in entry.items() if key not in _PLAIN and key != "label"}
    cells = tuple(_cell(cell) for cell in listed)
    return Row(cells=cells, label=tuple(entry.get("label", ())), words=words, **plain)


def _check_widths(layout: FormLayout) -> None:
    width = 210 - layout.page["left"] - layout.page["right"]
    for row in layout.rows:
        total = row.label_width + sum(cell.width + cell.caption for cell in row.cells)
        if row.cells and abs(total - width) > 0.01:
            raise ValueError(f"row of {row.cells[0].field or row.kind}: {total} mm instead of {width} mm")


def form_layout(schema: FormSchema) -> FormLayout:
    """The print grid of *schema*, read once; ValueError when a row does not fill the width."""
    return _read(schema.name)


@cache
def _read(name: str) -> FormLayout:
    source = tomllib.loads(resources.read_text(f"templates/{name}.layout.toml"))
    layout = FormLayout(
        page=source["page"],
        header=source["header"],
        footer=source["footer"],
        size=source["size"],
        rows=tuple(_row(entry) for entry in source["row"]),
    )
    _check_widths(layout)
    return layout
