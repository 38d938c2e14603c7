"""Rows of packs as words: where and when a version holds, what it is called in a list."""

from db.domain.field_kinds import parse_value
from db.domain.form_schema import FieldKind, FieldSpec
from db.services.policies import PolicyRow
from desktop import theme

_DAY = FieldSpec(key="day", label="日期", kind=FieldKind.DATE)
_INKS = {"in_force": theme.GREEN_INK, "future": theme.ACTION, "faulty": theme.RED}


def region_text(row: PolicyRow) -> str:
    """The regions a pack is made for, each by its own name."""
    names = [name.rpartition("/")[2].strip() for name in row.region_names]
    return "、".join(names) or "由单位选用"


def force_text(row: PolicyRow) -> str:
    """From when to when this version counts."""
    first = row.in_force_from or row.begins
    if not first:
        return "--"
    last = row.in_force_to if row.in_force_from else row.ends
    return f"{first} 至 {last}" if last else f"{first} 起"


def state_text(row: PolicyRow) -> str:
    """Whether it is in force, and whether this office works by it."""
    if row.is_chosen and row.state == "in_force":
        return "本单位执行"
    return row.state_label


def state_ink(row: PolicyRow) -> str | None:
    """Ink of the state."""
    return _INKS.get(row.state, theme.SECONDARY)


def open_text(row: PolicyRow) -> str:
    """How many figures are open."""
    return f"{len(row.unset)} 项" if row.unset else ""


def version_name(row: PolicyRow) -> str:
    """Title with version."""
    return f"{row.title}　版本 {row.version}"


def typed_day(text: str) -> str:
    """A day as typed (2026.7.1, 2026年7月1日 …) in ISO form; what is no day stays as it is, to be complained about."""
    parsed = parse_value(_DAY, text)
    return str(parsed.value) if parsed.value and not parsed.code else text.strip()
