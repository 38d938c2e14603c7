"""What the archive already says about the nine items of a visit, to be laid beside what the household says now."""

from collections.abc import Mapping

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import format_value
from db.domain.form_schema import Value
from db.domain.means_form import MEANS_FORM, MeansContent
from db.domain.records.home_visit import NINE_ITEMS
from db.domain.records.record_form import RecordContent

_WORKER: Mapping[str, tuple[str, ...]] = {
    "work_state": ("work_status", "employer", "employer_condition"),
    "wage_income": ("monthly_income", "other_annual_income", "annual_household_income", "per_capita_monthly_income"),
    "housing": ("housing_type", "floor_area"),
    "health": ("health_status", "disability_type", "disability_grade"),
    "social_security": ("medical_insurance_status",),
    "hardship_reason": ("main_hardship_cause", "secondary_hardship_causes", "hardship_cause_note"),
    "wish": ("action_plans", "batch_measures"),
}
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "work_state": ("member_identity", "school_or_employer"),
    "wage_income": ("monthly_income",),
    "health": ("health_status",),
    "social_security": ("medical_insurance_status",),
}
_LEDGERS: Mapping[str, tuple[str, ...]] = {
    "household_assets": ("vehicles", "businesses", "assets"),
    "housing": ("homes",),
}
_IN_SCHOOL = frozenset({"preschool", "primary", "junior_high", "senior_high", "college"})
_WELL = "healthy"


def known_answers(content: ArchiveContent, means: MeansContent | None) -> dict[str, str]:
    """By item, what form and worksheet say; an item of which they say nothing is left out."""
    found: dict[str, list[str]] = {key: [] for key, _ in NINE_ITEMS}
    for item, keys in _WORKER.items():
        found[item] += _worker_words(content, keys)
    for item, keys in _MEMBERS.items():
        found[item] += [words for member in content.members if (words := _member_words(member, keys))]
    found["schooling"] += [
        words
        for member in content.members
        if member.get("member_identity") in _IN_SCHOOL
        and (words := _member_words(member, ("member_identity", "school_or_employer")))
    ]
    if means is not None:
        _add_means(found, means)
    return {key: "；".join(words) for key, words in found.items() if words}


def _worker_words(content: ArchiveContent, keys: tuple[str, ...]) -> list[str]:
    shown = [(ARCHIVE_FORM.field(key), content.values.get(key)) for key in keys]
    return [f"{spec.label}：{format_value(spec, value)}{spec.unit}" for spec, value in shown if value not in (None, "", [])]


def _member_words(member: Mapping[str, Value], keys: tuple[str, ...]) -> str:
    """What is said of a member; one who is well is not worth a word under health."""
    parts = []
    for key in keys:
        spec, value = ARCHIVE_FORM.member_field(key), member.get(key)
        if value in (None, "", [], 0) or (key == "health_status" and value == _WELL):
            continue
        parts.append(f"{'月收入 ' if key == 'monthly_income' else ''}{format_value(spec, value)}{spec.unit}")
    return f"{member.get('name') or '家庭成员'} {'，'.join(parts)}" if parts else ""


def _add_means(found: dict[str, list[str]], means: MeansContent) -> None:
    for item, ledgers in _LEDGERS.items():
        for key in ledgers:
            section = MEANS_FORM.by_key[key]
            asked = key in means.rows
            rows = [_row_words(section.key, row) for row in means.rows.get(key, [])]
            found[item] += [f"{section.title}：{'；'.join(rows) or '没有'}"] if asked else []
    if means.values.get("receives_subsistence_allowance") is not None:
        found["social_security"].append("享受低保" if means.values["receives_subsistence_allowance"] else "不享受低保")


def _row_words(section: str, row: Mapping[str, Value]) -> str:
    specs = [spec for spec in MEANS_FORM.by_key[section].fields if spec.key not in {"note", "person", "address"}]
    words = [f"{format_value(spec, row[spec.key])}{spec.unit}" for spec in specs if row.get(spec.key) not in (None, "", [])]
    return "，".join(words)


def changed_items(content: RecordContent, before: RecordContent | None) -> set[str]:
    """The items that are answered otherwise than the visit *before* has them."""
    if before is None:
        return set()
    told = {key: (content.text(key), before.text(key)) for key, _ in NINE_ITEMS}
    return {key for key, (now, then) in told.items() if now and then and _plain(now) != _plain(then)}


def _plain(words: str) -> str:
    return "".join(words.split()).rstrip("。.")
