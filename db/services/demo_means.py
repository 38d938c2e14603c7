"""Means worksheets of the invented households: they say what the household's form says, and why it is poor."""

import random

from db.domain.archive_content import ArchiveContent, new_id
from db.domain.form_schema import Value
from db.domain.means_form import WORKER, MeansContent, Row

_STAGES = {"preschool", "primary", "junior_high", "senior_high", "college"}
_STAGE_CODES = {"college": "bachelor"}
_OWNERSHIP = {"rented": "rented", "low_rent": "public_rental"}
_BILLS = {
    "major_illness": ("illness", "cause", (800_000, 2_600_000, 6_400_000)),
    "schooling": ("schooling", "cause", (350_000, 900_000, 1_500_000)),
    "accident": ("accident", "accidental", (1_200_000, 4_800_000)),
    "natural_disaster": ("disaster", "accidental", (600_000, 3_000_000)),
    "no_labour_capacity": ("disability", "cause", (300_000, 720_000)),
}
_EVENTS = {"accident": "accident", "natural_disaster": "disaster"}


def _row(**values: Value) -> Row:
    return {"id": new_id(), **{key: value for key, value in values.items() if value is not None}}


def _day(rng: random.Random, year: int) -> str:
    return f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def make_means(rng: random.Random, content: ArchiveContent, year: int) -> MeansContent:
    """A complete worksheet of *year* for an invented household; the same *rng* state says the same (ids apart)."""
    return MeansContent(
        year,
        _household(rng, content),
        {
            "people": _people(content),
            "incomes": _incomes(rng, content),
            "expenses": _expenses(rng, content, year),
            "homes": _homes(rng, content),
            "vehicles": [_row(kind="car", use=rng.choice(("employed", "own_other")))] if rng.random() < 0.08 else [],
            "businesses": [_row(kind="shop")] if rng.random() < 0.03 else [],
            "assets": [_row(kind="savings", person=WORKER, amount=rng.choice((120_000, 350_000, 800_000)))],
            "students": _students(rng, content, year),
            "job_offers": [],
            "events": _events(rng, content, year),
            "earlier_aid": _earlier_aid(rng, year),
        },
    )


def _household(rng: random.Random, content: ArchiveContent) -> dict[str, Value]:
    values: dict[str, Value] = {
        "region": content.values["hukou_region"],
        "area": content.values["hukou_type"],
        "receives_subsistence_allowance": rng.random() < 0.35,
        "is_on_file": True,
        "is_registered_poor": rng.random() < 0.05,
        "is_social_retiree": False,
        "is_new_form_worker": rng.random() < 0.05,
        "labour_relation_on": content.values["work_started_on"],
        "labour_proofs": ["labour_contract"],
        "has_housing_benefit": content.values["housing_type"] == "low_rent",
        "has_heating_benefit": False,
        "other_exclusion": False,
    }
    return {key: value for key, value in values.items() if value is not None}


def _everybody(content: ArchiveContent) -> list[tuple[str, dict[str, Value]]]:
    return [(WORKER, content.values), *((str(member["id"]), member) for member in content.members)]


def _people(content: ArchiveContent) -> list[Row]:
    return [
        _row(
            person=person,
            lives_together=True,
            can_work=record.get("member_identity") not in {"retired", *_STAGES},
            no_imputed_wage=False,
        )
        for person, record in _everybody(content)
    ]


def _incomes(rng: random.Random, content: ArchiveContent) -> list[Row]:
    """Wages whose monthly net is what the form says, and the other income of the form in one row."""
    rows = []
    for person, record in _everybody(content):
        monthly = record.get("monthly_income")
        net = monthly * 12 if isinstance(monthly, int) else 0
        if net:
            insurance = net // 9 if person == WORKER else None
            rows.append(
                _row(person=person, kind="wage", amount=net + (insurance or 0), tax=0, social_insurance=insurance)
            )
    other = content.values.get("other_annual_income")
    if other:
        kind = rng.choice(("business", "property", "transfer"))
        rows.append(_row(person=WORKER, kind=kind, amount=other))
    return rows


def _expenses(rng: random.Random, content: ArchiveContent, year: int) -> list[Row]:
    rows = [_row(kind="daily_living", total=rng.choice((900_000, 1_400_000)), purpose="plain")]
    causes = [content.values.get("main_hardship_cause")]
    secondary = content.values.get("secondary_hardship_causes")
    causes += secondary if isinstance(secondary, list) else []
    for cause in causes:
        if cause not in _BILLS:
            continue
        kind, purpose, amounts = _BILLS[str(cause)]
        total = rng.choice(amounts)
        share = rng.choice((0, 4, 6)) if kind in {"illness", "accident"} else 0
        rows.append(
            _row(
                kind=kind, person=WORKER, spent_on=_day(rng, year), total=total, reimbursed=total * share // 10,
                purpose=purpose,
            )
        )  # fmt: skip
    return rows


def _homes(rng: random.Random, content: ArchiveContent) -> list[Row]:
    ownership = _OWNERSHIP.get(str(content.values.get("housing_type")), "own")
    homes = [_row(ownership=ownership, area=content.values.get("floor_area"))]
    if rng.random() < 0.04:
        homes.append(_row(ownership="own", area=6200, note="农村老屋"))
    return homes


def _students(rng: random.Random, content: ArchiveContent, year: int) -> list[Row]:
    rows = []
    for member in content.members:
        stage = member.get("member_identity")
        if stage not in _STAGES:
            continue
        is_new, enrolled = rng.random() < 0.25, f"{year - rng.randint(0, 2)}-09-01"
        rows.append(
            _row(
                person=member["id"],
                stage=_STAGE_CODES.get(str(stage), stage),
                school=member.get("school_or_employer"),
                school_region="340111" if stage == "college" else content.values["hukou_region"],
                enrolled_on=enrolled if str(member.get("birth_on") or "9") < enrolled else None,
                is_new=is_new,
                is_full_time=True,
                has_disability=False,
                is_private_school=False,
                studies_abroad=False,
            )
        )
    return rows


def _events(rng: random.Random, content: ArchiveContent, year: int) -> list[Row]:
    kind = _EVENTS.get(str(content.values.get("main_hardship_cause")))
    return [_row(kind=kind, happened_on=_day(rng, year), is_severe=rng.random() < 0.3)] if kind else []


def _earlier_aid(rng: random.Random, year: int) -> list[Row]:
    if rng.random() > 0.3:
        return []
    amount = rng.choice((100_000, 200_000, 300_000))
    return [_row(item="living", person=WORKER, amount=amount, received_on=f"{year + 1}-01-18", giver="union")]
