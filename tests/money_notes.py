"""What clerks and bank remember of the money of :mod:`school_years`: plain facts, by which tables are counted again.

Amounts are 分.
"""

from dataclasses import dataclass, field

BANDS = {
    "primary": "B", "junior_high": "B",
    "senior_high": "C", "secondary_vocational": "C", "skilled": "C", "five_year_vocational": "C",
    "higher_vocational": "D", "junior_college": "D", "bachelor": "D", "postgraduate": "D",
}  # fmt: skip
"""小学和初中 / 高中和中职 / 大专以上 (requirements §d.6 no. 18)."""


@dataclass
class Paid:
    """A grant as the clerks and the bank remember it. Amounts are 分; no two grants are of the same amount."""

    office: str
    fund: str
    item: str
    amount: int
    archive_id: str
    who: str
    """Number of the person it is for."""
    granted_on: str
    band: str = ""
    """In which band of 附件3 it counts; empty for none."""
    is_migrant: bool = False
    paid_on: str = ""
    failed: int = 0
    withdrawn_on: str = ""
    programme: str = ""
    order: int = 0
    """Which payment it was, of one day."""
    list_id: str = ""
    back: list[tuple[str, int]] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """The amount less what came back."""
        return self.amount - sum(amount for _, amount in self.back)


@dataclass(frozen=True)
class Moved:
    """Money that came into a source or left it other than by grants."""

    office: str
    fund: str
    movement: str
    on_day: str
    amount: int


@dataclass(frozen=True)
class Child:
    """A student of a year as the clerks wrote it down."""

    archive_id: str
    number: str
    year: int
    stage: str
    enrolled: int
    is_new: bool
    on_day: str
    wanted: int
    regime: str
    is_new_form: bool


@dataclass
class Source:
    """A source as the clerks remember it."""

    id: str
    office: str
    kind: str
    items: tuple[str, ...] = ()


def band_of(child: Child, year: int) -> str:
    """The band of 附件3 a child counts in; a 五年制高职 is 高职 from its fourth year on."""
    if child.stage == "five_year_vocational" and year - child.enrolled >= 3:
        return "D"
    return BANDS.get(child.stage, "")
