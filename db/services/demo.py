"""Invented households for demonstrations, tests and measurements. Nobody in them exists."""

import random
from collections.abc import Callable
from typing import Any

from db.domain import id_number
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.derivation import derive, income_parts
from db.domain.form_schema import Value
from db.errors import Progress
from db.services import archiving, means
from db.services.demo_means import make_means
from db.services.office import OfficeSession
from db.store import archive_store, casework_store
from db.store.archive_store import RevisionNote, StoredArchive

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢单仇区解查"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文辉玲玉萍红春梅海燕志福永庆斌婷雪浩然俊晓东新胜莲珍淑"
_RARE = ("才让·卓玛", "买买提•吐尔逊", "李䶮", "王𠮷祥", "阿依古丽·买买提", "欧阳建国", "尉迟秀兰")
_REGIONS = ("340882", "340824", "340803", "341002", "630102", "450481", "371083")
_STREETS = ("舒州大道", "梅城路", "皖山路", "潜阳路", "太平塘路", "天柱山路", "南岳路")
_EMPLOYERS = ("潜阳纺织厂", "皖江建材有限公司", "天柱山旅游公司", "梅城小学", "潜山市环卫处", "舒州食品厂")
_SCHOOLS = {"college": "安徽师范大学", "senior_high": "潜山中学", "junior_high": "潜山二中", "primary": "梅城小学"}
_CAUSES = ("laid_off", "major_illness", "schooling", "accident", "natural_disaster", "no_labour_capacity")
_WITH_MEANS = 0.9
_DISEASES = ("good", "minor_illness", "malignant_tumor", "diabetes", "hypertension", "end_stage_renal", "disabled")


def _number(rng: random.Random, birth_year: int, male: bool, region: str | None = None) -> str:
    day = f"{birth_year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    serial = rng.randint(0, 499) * 2 + (1 if male else 0)
    first = f"{region or rng.choice(_REGIONS)}{day}{serial:03d}"
    return first + id_number.check_digit(first)


def luhn_digit(number: str) -> str:
    """The check digit that completes a card *number*."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 - index % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _name(rng: random.Random, surname: str | None = None) -> str:
    given = "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2, 2))))
    return (surname or rng.choice(_SURNAMES)) + given


def _child_stage(age: int) -> str:
    for limit, stage in ((6, "preschool"), (12, "primary"), (15, "junior_high"), (18, "senior_high"), (23, "college")):
        if age < limit:
            return stage
    return "on_post"


def _member(rng: random.Random, relation: str, name: str, birth_year: int, identity: str, income: int) -> dict[str, Value]:
    male = relation in {"son", "father", "husband"}
    return {
        "id": new_id(),
        "name": name,
        "relation_to_head": relation,
        "political_status": "masses",
        "id_number": _number(rng, birth_year, male),
        "health_status": rng.choice(("good", "good", "good", "minor_illness")),
        "monthly_income": income,
        "member_identity": identity,
        "medical_insurance_status": "resident",
        **({"school_or_employer": _SCHOOLS[identity]} if identity in _SCHOOLS else {}),
    }


def _members(rng: random.Random, head: str, head_year: int, head_male: bool, count: int) -> list[dict[str, Value]]:
    members: list[dict[str, Value]] = []
    kinds: list[Callable[[], dict[str, Value]]] = []

    def spouse() -> dict[str, Value]:
        identity = rng.choice(("on_post", "unemployed", "migrant_worker", "off_post"))
        income = 0 if identity == "unemployed" else rng.choice((60000, 90000, 140000))
        return _member(rng, "wife" if head_male else "husband", _name(rng), head_year + rng.randint(-3, 3), identity, income)

    def child() -> dict[str, Value]:
        year = rng.randint(2000, 2020)
        stage = _child_stage(2026 - year)
        income = rng.choice((150000, 220000)) if stage == "on_post" else 0
        return _member(rng, rng.choice(("son", "daughter")), _name(rng, head[0]), year, stage, income)

    def parent() -> dict[str, Value]:
        year = head_year - rng.randint(22, 30)
        return _member(rng, rng.choice(("father", "mother")), _name(rng), year, "retired", rng.choice((20000, 60000)))

    kinds = [spouse, child, parent, child, parent, child, child, parent]
    for index in range(count):
        members.append(kinds[index % len(kinds)]())
    return members


def _person_answers(rng: random.Random, name: str, year: int, male: bool) -> dict[str, Value]:
    health = rng.choice(_DISEASES)
    answers: dict[str, Value] = {
        "worker_number": f"T{rng.randint(1, 99999):05d}",
        "hardship_category": rng.choice(("deep_hardship", "relative_hardship", "accidental_hardship")),
        "name": name,
        "ethnicity": rng.choice(("01", "01", "01", "03", "04", "08")),
        "political_status": rng.choice(("masses", "masses", "party_member", "league_member")),
        "id_number": _number(rng, year, male),
        "health_status": health,
        "work_status": rng.choice(("on_post", "off_post", "unemployed", "sick_leave", "on_post")),
        "is_migrant_worker": rng.random() < 0.15,
        "model_worker_type": "none",
    }
    if health == "disabled":
        answers.update(disability_type="physical", disability_grade=rng.choice(("1", "2", "3", "4")))
    return answers


def _home_answers(rng: random.Random, year: int) -> dict[str, Value]:
    address = f"梅城镇{rng.choice(_STREETS)}{rng.randint(1, 300)}号{rng.randint(1, 12)}栋{rng.randint(101, 805)}室"
    return {
        "housing_type": rng.choice(("self_built", "commercial", "rented", "low_rent")),
        "floor_area": rng.choice((3800, 5650, 7200, 8800, 9500)),
        "mobile_phone": f"139{rng.randint(0, 99999999):08d}",
        "postal_code": "246300",
        "work_started_on": f"{year + rng.randint(18, 24)}-07-01",
        "industry": rng.choice(("C", "E", "F", "P", "O")),
        "marital_status": rng.choice(("married", "married", "divorced", "widowed")),
        "hukou_type": rng.choice(("urban", "rural")),
        "home_address": address,
        "employer": rng.choice(_EMPLOYERS),
        "employer_type": rng.choice(("state_owned", "collective", "private")),
        "is_single_parent": False,
    }


def _means_answers(rng: random.Random) -> dict[str, Value]:
    main = rng.choice(_CAUSES)
    others = [cause for cause in _CAUSES if cause != main]
    card = f"622848{rng.randint(0, 10**12 - 1):012d}"
    return {
        "monthly_income": rng.choice((0, 80000, 150000, 188000, 220000)),
        "other_annual_income": rng.choice((0, 0, 200000, 500000)),
        "hukou_region": "340882",
        "medical_insurance_status": rng.choice(("employee", "resident")),
        "has_self_help_ability": rng.random() < 0.6,
        "is_zero_employment_household": False,
        "main_hardship_cause": main,
        "secondary_hardship_causes": rng.sample(others, rng.choice((0, 1, 2))),
        "bank_name": "中国农业银行",
        "bank_branch": "潜山市支行",
        "bank_account": card + luhn_digit(card),
    }


def _office_answers(rng: random.Random) -> dict[str, Value]:
    return {
        "is_exit_target": True,
        "decided_on": "2026-04-15",
        "key_groups": [rng.choice(("under_employed", "expense_hardship", "urban_migrant"))],
        "batch_measures": ["employment"],
        "action_plans": ["tuition_aid", "pairing"],
        "filed_by": "陈志强",
        "reviewed_by": "吴立新",
        "filing_unit": "梅城镇总工会",
        "pairing_partner": _name(rng),
        "entered_by": "陈志强",
        "filed_on": "2026-04-15",
    }


def make_household(rng: random.Random, members: int | None = None) -> ArchiveContent:
    """One complete invented household; the same *rng* state makes the same people (ids apart)."""
    male = rng.random() < 0.5
    year = rng.randint(1963, 1996)
    name = rng.choice(_RARE) if rng.random() < 0.03 else _name(rng)
    count = rng.choice((1, 2, 2, 3, 3, 4)) if members is None else members
    values = _person_answers(rng, name, year, male) | _home_answers(rng, year) | _means_answers(rng)
    values |= _office_answers(rng) | {"household_size": 1 + count}
    content = ArchiveContent(values, _members(rng, name, year, male, count))
    content.values["annual_household_income"] = income_parts(content)
    return derive(content)


def fill_office(
    session: OfficeSession,
    households: int,
    seed: int = 1,
    progress: Progress | None = None,
    batch: int = 500,
    *,
    with_means: bool = False,
) -> list[str]:
    """Put *households* invented households into the office; their archive ids in order.

    *with_means*: nearly every one has a means worksheet of last year, as if it had been filled in with the form.
    """
    rng = random.Random(seed)  # noqa: S311 - invented data, not a secret
    ids: list[str] = []
    for start in range(0, households, batch):
        contents = [make_household(rng) for _ in range(min(batch, households - start))]
        with session.database.writing() as connection:
            stored = archiving.new_archives(connection, session, contents)
            first = archiving.revision_note(connection, session, "create")
            notes = [archiving.following_note(first, offset) for offset in range(len(stored))]
            archive_store.insert_new(connection, list(zip(stored, notes, strict=True)))
            if with_means:
                casework_store.insert_means(connection, _worksheets(session, stored, notes, f"means {seed} {start}"))
        ids.extend(archive.id for archive in stored)
        if progress:
            progress(len(ids), households)
    return ids


def _worksheets(
    session: OfficeSession, archives: list[StoredArchive], notes: list[RevisionNote], seed: str
) -> list[dict[str, Any]]:
    rng = random.Random(seed)  # noqa: S311 - apart from the households', which stay the same with and without
    year = means.previous_year(session)
    return [
        means.means_row(stored, note, make_means(rng, stored.content, year), 1)
        for stored, note in zip(archives, notes, strict=True)
        if rng.random() < _WITH_MEANS
    ]
