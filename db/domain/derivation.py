"""What follows from what was filled in: derived values, and proposals the clerk may overrule.

Rules are named pure functions; the form names them in ``derived_by`` and ``suggested_by``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from db.domain import id_number
from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldSpec, Value, Values

WORKING_IDENTITIES = frozenset({"on_post", "migrant_worker", "farmer", "in_service"})
CHILD_RELATIONS = frozenset({"son", "daughter"})
ABLE_AGES = range(16, 60)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a proposal may need besides the form: today (ISO), the office's and the clerk's names."""

    today: str
    office_name: str = ""
    clerk_name: str = ""


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def income_parts(content: ArchiveContent) -> int:
    """Sum of the parts of 家庭年度总收入 in 分: (own + members' monthly incomes) × 12 + other non-wage income."""
    monthly = _number(content.values.get("monthly_income"))
    monthly += sum(_number(member.get("monthly_income")) for member in content.members)
    return monthly * 12 + _number(content.values.get("other_annual_income"))


def rounding_slack(content: ArchiveContent) -> int:
    """By how many 分 家庭年度总收入 may differ from its parts because monthly incomes are rounded: ½ 分 × 12 for each."""
    return 6 * (1 + len(content.members))


def per_capita_exact(content: ArchiveContent) -> Fraction | None:
    """家庭月人均收入 = 家庭年度总收入 ÷ 12 ÷ 家庭人口, exact, in 分; None while a part is missing."""
    total, size = content.values.get("annual_household_income"), content.values.get("household_size")
    if not isinstance(total, int) or not isinstance(size, int) or size < 1:
        return None
    return Fraction(total, 12 * size)


def _per_capita(content: ArchiveContent) -> Value:
    exact = per_capita_exact(content)
    return None if exact is None else int(exact + Fraction(1, 2))  # half up: 0.005 shows as 0.01


def _from_id(reader: Callable[[str], str | None]) -> Callable[[Values], Value]:
    def read(record: Values) -> Value:
        number = record.get("id_number")
        return reader(number) if isinstance(number, str) and id_number.is_valid(number) else None

    return read


_RECORD_RULES: dict[str, Callable[[Values], Value]] = {
    "birth_from_id": _from_id(id_number.birth_on),
    "sex_from_id": _from_id(id_number.sex),
}
_CONTENT_RULES: dict[str, Callable[[ArchiveContent], Value]] = {"per_capita_monthly_income": _per_capita}


def _derived(fields: tuple[FieldSpec, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((spec.key, spec.derived_by) for spec in fields if spec.derived_by)


_WORKER_DERIVED = _derived(ARCHIVE_FORM.worker_fields)
_MEMBER_DERIVED = _derived(ARCHIVE_FORM.member_fields)


def derived_value(content: ArchiveContent, spec: FieldSpec, record: Values) -> Value:
    """The value rule ``spec.derived_by`` gives for *record* (worker or member); None where it does not apply."""
    if spec.derived_by in _RECORD_RULES:
        return _RECORD_RULES[spec.derived_by](record)
    return _CONTENT_RULES[str(spec.derived_by)](content)


def derive(content: ArchiveContent) -> ArchiveContent:
    """Fill the derived values in place and return *content*.

    Values read from the ID number win over typed ones but typed ones stay while there is no valid number
    (members may lack one); the per-capita income is always recomputed.
    """
    for record, derived in ((content.values, _WORKER_DERIVED), *((m, _MEMBER_DERIVED) for m in content.members)):
        for key, rule in derived:
            if rule in _RECORD_RULES:
                value = _RECORD_RULES[rule](record)
                if value is not None:
                    record[key] = value
            else:
                record[key] = _CONTENT_RULES[rule](content)
    return content


def is_derived(content: ArchiveContent, spec: FieldSpec, record: Values) -> bool:
    """Whether the field is read-only now because its rule yields a value."""
    if spec.derived_by is None:
        return False
    return spec.derived_by in _CONTENT_RULES or derived_value(content, spec, record) is not None


# -- proposals ---------------------------------------------------------------------------------------------------


def _other_annual_income(content: ArchiveContent, around: Circumstances) -> Value:
    total = content.values.get("annual_household_income")
    if not isinstance(total, int):
        return None
    rest = total - income_parts(content) + _number(content.values.get("other_annual_income"))
    if abs(rest) <= rounding_slack(content):
        return 0
    return rest if rest >= 0 else None


def _annual_household_income(content: ArchiveContent, around: Circumstances) -> Value:
    if content.values.get("monthly_income") is None:
        return None
    present, parts = content.values.get("annual_household_income"), income_parts(content)
    if isinstance(present, int) and abs(present - parts) <= rounding_slack(content):
        return present  # a year's total is more exact than twelve rounded months
    return parts


def _household_size(content: ArchiveContent, around: Circumstances) -> Value:
    return 1 + len(content.members)


def _single_parent(content: ArchiveContent, around: Circumstances) -> Value:
    if content.values.get("marital_status") not in {"divorced", "widowed"}:
        return None
    return any(member.get("relation_to_head") in CHILD_RELATIONS for member in content.members)


def age_on(birth_on: Value, today: str) -> int | None:
    """Completed years on *today* (ISO); None without a birth date."""
    if not isinstance(birth_on, str) or not (_ISO_DAY.fullmatch(birth_on) and _ISO_DAY.fullmatch(today)):
        return None
    return int(today[:4]) - int(birth_on[:4]) - (today[5:] < birth_on[5:])


def _zero_employment(content: ArchiveContent, around: Circumstances) -> Value:
    status = content.values.get("work_status")
    if status is None:
        return None
    able = status in {"unemployed", "off_post"}
    if status == "on_post":
        return False
    for member in content.members:
        age = age_on(member.get("birth_on"), around.today)
        if member.get("member_identity") in WORKING_IDENTITIES:
            return False
        able = able or (age in ABLE_AGES and member.get("member_identity") in {"unemployed", "off_post"})
    return able


_SUGGESTIONS: dict[str, Callable[[ArchiveContent, Circumstances], Value]] = {
    "other_annual_income": _other_annual_income,
    "annual_household_income": _annual_household_income,
    "household_size": _household_size,
    "single_parent": _single_parent,
    "zero_employment": _zero_employment,
    "clerk_name": lambda content, around: around.clerk_name or None,
    "office_name": lambda content, around: around.office_name or None,
    "today": lambda content, around: around.today,
}


def suggest(content: ArchiveContent, spec: FieldSpec, around: Circumstances) -> Value:
    """The value proposed for *spec*, None when nothing can be proposed. The clerk decides."""
    return None if spec.suggested_by is None else _SUGGESTIONS[spec.suggested_by](content, around)


def new_content(around: Circumstances) -> ArchiveContent:
    """An empty form with its defaults and the names that are known from the start."""
    content = ArchiveContent()
    for spec in ARCHIVE_FORM.worker_fields:
        value = spec.default
        if value is None and spec.suggested_by in {"clerk_name", "office_name", "today"}:
            value = suggest(content, spec, around)
        if value is not None:
            content.values[spec.key] = value
    return content
