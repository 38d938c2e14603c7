"""What happens with the money in two school years, day by day: see :mod:`school_years`."""

from collections.abc import Callable
from functools import partial

from money_notes import Child
from school_years import NEXT, STAGES, STUDY_REGION, SchoolWorld, once

from db.domain.archive_content import new_id
from db.domain.case_words import Standing
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.services import (
    aid,
    archiving,
    disbursement,
    funds,
    graduates,
    office_papers,
    policies,
    programmes,
    records,
    students,
)
from db.services.aid import GrantInput
from db.services.disbursement import LineResult
from db.services.office_papers import PaperOwner
from db.services.records import Record


def plan_year(world: SchoolWorld, year: int) -> None:
    """A school year from the survey in July to the graduates of the next June."""
    world.on(year, 7, 6, lambda: open_year(world, year))
    world.on(year, 7, 8, lambda: register(world, year, 0.7))
    world.on(year, 7, 20, lambda: offer(world, year))
    world.on(year, 7, 22, lambda: register(world, year, 0.8))
    world.on(year, 8, 5, lambda: tuition(world, year))
    world.on(year, 8, 20, lambda: study_costs(world, year))
    world.on(year, 10, 15, lambda: county_tuition(world, year))
    world.on(year, 12, 18, lambda: world.move(f"{year} 工会经费", "receipt", 6_000_001))
    world.on(year, 12, 20, lambda: warmth(world, year))
    world.on(year + 1, 1, 12, lambda: carry_over(world, year))
    world.on(year + 1, 2, 10, lambda: corrections(world, year))
    world.on(year + 1, 6, 12, lambda: graduating(world, year + 1))
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6):
        world.on(year + (month < 7), month, 12, lambda: living(world))


# -- July -------------------------------------------------------------------------------------------------------------


def open_year(world: SchoolWorld, year: int) -> None:
    """Sources with their first money; some for schooling only, one with what a donor wishes."""
    world.source("town", f"{year} 中央助学", "central", "tuition", "study_cost")
    world.source("town", f"{year} 爱心捐款", "donation", "tuition", donor="某商会", restriction="捐给考上大学的孩子")
    world.source("town", f"{year} 工会经费", "union")
    world.source("county", f"{year} 县级助学", "county", "tuition")
    world.move(f"{year} 中央助学", "receipt", 12_345_678 + year)
    world.move(f"{year} 爱心捐款", "receipt", 3_000_050)
    world.move(f"{year} 工会经费", "receipt", 29_876_543)
    world.move(f"{year} 县级助学", "receipt", 5_050_505)
    worksheets(world, year - 1)
    values: dict[str, Value] = {"title": f"{year} 金秋助学", "programme_kind": "tuition", "year": year, "begins_on": world.today,
                                "ends_on": f"{year}-12-31", "items": ["tuition", "study_cost"]}  # fmt: skip
    world.programmes[f"{year} 金秋助学"] = programmes.save_programme(world.town, RecordContent(values)).record_id


def worksheets(world: SchoolWorld, year: int) -> None:
    """Most households have said what they live on: their limits are known."""
    for row in world.idle(Standing.ON_FILE, Standing.PHASING_OUT):
        if world.rng.random() < 0.6:
            world.sheet(archiving.load_archive(world.town, row.archive_id), year)


def register(world: SchoolWorld, year: int, share: float) -> None:
    """Part of those who go to school and are not registered yet."""
    waiting = sorted(students.unregistered(world.town, year), key=lambda row: (world.place(row.archive_id), row.number))
    for row in waiting:
        if row.number and world.rng.random() < share:
            _register(world, row.archive_id, row.member_id, year)


def _register(world: SchoolWorld, archive_id: str, member_id: str, year: int) -> None:
    world.minutes += 1
    content = students.prepared_student(world.town, archive_id, member_id, year)
    values = content.values
    number = str(values["id_number"])
    standing = world.row(archive_id).state.standing
    known = world.child_of(archive_id, number)
    values |= _schooling(world, known, values, year)
    wanted = world.rng.randint(500, 6000) * 100 + world.rng.randint(0, 99)
    if standing in {Standing.APPLICANT, Standing.NOT_ELIGIBLE} and values["stage"] in {"bachelor", "special"}:
        values |= {"regime": "province_fund", "cannot_be_filed": True, "has_disability": values["stage"] == "special"}
        wanted = min(wanted, 200_000)
    else:
        values["regime"] = "on_file"
    values |= {"amount_wanted": wanted, "is_new_form_family": world.rng.random() < 0.1}
    made = students.save_student(world.town, archive_id, content).content.values
    world.children.append(
        Child(archive_id, number, year, str(made["stage"]), int(str(made["enrolled_year"])), made["student_kind"] == "new",
              world.today, wanted, str(made["regime"]), bool(made["is_new_form_family"]))
    )  # fmt: skip
    world.note("registered")


def _schooling(world: SchoolWorld, known: Child | None, values: dict[str, Value], year: int) -> dict[str, Value]:
    """Stage and course: as last year, the next stage, or whatever a child may go to."""
    common: dict[str, Value] = {"school": "某学校", "school_region": STUDY_REGION, "is_full_time": True}
    if known is not None and values.get("student_kind") == "continuing":
        world.note("goes on")
        return common
    if known is not None:
        world.note("next stage")
        stage = NEXT.get(known.stage, "postgraduate")
        return {**common, "stage": stage, "student_kind": "new", "enrolled_year": year, "study_years": STAGES[stage]}
    stage = world.rng.choice(list(STAGES))
    years = STAGES[stage]
    behind = 0 if world.rng.random() < 0.4 else world.rng.randint(1, max(years - 1, 1))
    return {**common, "stage": stage, "student_kind": "continuing" if behind else "new", "enrolled_year": year - behind,
            "study_years": years}  # fmt: skip


def offer(world: SchoolWorld, year: int) -> None:
    """Day care and posts for students."""
    for number in range(1, 3):
        children = world.rng.randint(8, 40)
        values: dict[str, Value] = {"title": f"{year} 托管{number}班", "begins_on": world.today, "children": children}
        records.save_entry(world.town, RecordKind.DAY_CARE, RecordContent(values))
        world.day_care.append(("town", world.today, children))
    for employer in ("某超市", "某图书馆", "某超市"):
        posts = world.rng.randint(1, 6)
        values = {"employer": employer, "agreed_on": world.today, "posts": posts}
        records.save_entry(world.town, RecordKind.WORK_STUDY, RecordContent(values))
        world.posts.append(("town", world.today, employer, posts))


# -- paying for school ------------------------------------------------------------------------------------------------


def tuition(world: SchoolWorld, year: int) -> None:
    """The first grants, from central money and the donation; paid, partly failed, paid again after the last day of the table."""
    ids = _grants(world, year, (f"{year} 中央助学", f"{year} 爱心捐款"), "tuition", 40, 120_000)
    first = world.pay("town", f"{year} 金秋助学", ids, "standard")
    _in_days(world, 7, lambda: world.answer("town", first))
    _in_days(world, 24, lambda: _comes_back_in_two(world, year))

    def again() -> None:
        second = world.pay("town", "", [first], "txt", again=True)
        _in_days(world, 7, lambda: world.answer("town", second))

    _in_days(world, 23, again)


def study_costs(world: SchoolWorld, year: int) -> None:
    """Travel and living of students, from the union's own money that is for everything."""
    ids = _grants(world, year, (f"{year} 工会经费",), "study_cost", 15, 40_000)
    made = world.pay("town", f"{year} 路费补助", ids, "csv")
    _in_days(world, 8, lambda: world.answer("town", made))


def county_tuition(world: SchoolWorld, year: int) -> None:
    """The county grants to households of its township, with a second clerk who approves."""
    ids = _grants(world, year, (f"{year} 县级助学",), "tuition", 8, 60_000)
    made = world.pay("county", f"{year} 县级助学", ids, "csv")
    _in_days(world, 5, lambda: world.answer("county", made))


def _grants(world: SchoolWorld, year: int, names: tuple[str, ...], item: str, many: int, about: int) -> list[str]:
    session = world.session(world.sources[names[0]].office)
    found: list[str] = []
    of_year = [child for child in world.children if child.year == year]
    for child in world.rng.sample(of_year, min(many, len(of_year))):
        try:
            archive = archiving.load_archive(session, child.archive_id)
        except Exception as fault:  # filed after the last bundle: the county has not heard of it
            assert getattr(fault, "code", "") == "archive_not_found", fault
            continue
        member = next(item["id"] for item in archive.content.members if item.get("id_number") == child.number)
        title = f"{year} 金秋助学" if session is world.town else ""
        asked = about + world.rng.randint(0, 300_000)
        of_programme = {"programme_id": world.programmes[title], "programme_title": title} if title else {}
        made = world.grant(world.rng.choice(names), item, archive, asked, str(member), **of_programme)
        found += [made] if made else []
    return found


def _comes_back_in_two(world: SchoolWorld, year: int) -> None:
    """One payment comes back whole in two parts before the table's last day, of another only a part."""
    paid = [known.amount for known in world.grants.values()
            if known.paid_on and known.fund == f"{year} 中央助学" and known.item == "tuition"]  # fmt: skip
    whole, part = paid[0], paid[1]
    world.comes_back(whole, whole // 3, "学校已减免一部分")
    world.comes_back(whole, whole - whole // 3, "学校已全免")
    world.comes_back(part, part // 4, "多发")


def _in_days(world: SchoolWorld, days: int, act: Callable[[], None]) -> None:
    world.begin(once(act), days)


# -- the rest of the year ---------------------------------------------------------------------------------------------


def living(world: SchoolWorld) -> None:
    """Living aid to some households, up to their limit."""
    name = [name for name in world.sources if "工会经费" in name][-1]
    rows = world.idle(Standing.ON_FILE, Standing.PHASING_OUT)
    ids = []
    for row in world.rng.sample(rows, min(5, len(rows))):
        archive = archiving.load_archive(world.town, row.archive_id)
        made = world.grant(name, "living", archive, world.rng.choice((50_000, 60_000, 70_000, 80_000, 5_000_000)))
        ids += [made] if made else []
    if ids:
        made_list = world.pay("town", "生活救助", ids, world.rng.choice(("csv", "txt", "standard")))
        _in_days(world, 4, lambda: world.answer("town", made_list))


def warmth(world: SchoolWorld, year: int) -> None:
    """送温暖: goods against a signature, and money that is granted this year and paid in the next."""
    rows = world.idle(Standing.ON_FILE, Standing.PHASING_OUT)
    chosen = world.rng.sample(rows, 12)
    archives = [archiving.load_archive(world.town, row.archive_id) for row in chosen]
    goods = [(archive.id, GrantInput("warmth", goods="米 10 公斤、油 5 升", reason="慰问方案")) for archive in archives[:5]]
    ids = [item.id for item in aid.grant_many(world.town, goods)]
    made = disbursement.create_list(world.town, f"{year} 送温暖实物", ids)
    disbursement.lock_list(world.town, made.id)
    paper = office_papers.add_paper(world.town, PaperOwner.PAYMENT_LIST, made.id, "签收单.pdf", world.paper)
    disbursement.approve_list(world.town, made.id, paper.id)
    lines = disbursement.load_list(world.town, made.id).lines
    disbursement.settle_lines(world.town, made.id, [LineResult(line.id, True, world.today) for line in lines])
    world.goods += [(archive.id, world.today) for archive in archives[:5]]
    world.note("goods")
    money = [world.grant(f"{year} 工会经费", "warmth", archive, 50_000) for archive in archives[5:]]
    paid = world.pay("town", f"{year} 送温暖", [item for item in money if item], "csv")
    _in_days(world, 17, lambda: world.answer("town", paid))


def carry_over(world: SchoolWorld, year: int) -> None:
    """What the old year left of the union's money goes into the new year's source; last year's worksheets come in."""
    worksheets(world, year)
    old, new = f"{year} 工会经费", f"{year + 1} 上年结转工会经费"
    state = next(item for item in funds.fund_states(world.town) if item.name == old)
    world.source("town", new, "union")
    if state.available > 0:
        world.move(old, "returned", state.available)
        world.move(new, "carried", state.available)
        world.note("carried over")


def corrections(world: SchoolWorld, year: int) -> None:
    """In the new year a payment of the old one comes back, and grants that were never paid are given up."""
    paid = [known.amount for known in world.grants.values()
            if known.paid_on[:4] == str(year) and not known.back and known.item == "tuition"]  # fmt: skip
    world.comes_back(paid[-1], paid[-1], "账户已销户")
    world.comes_back(paid[-2], paid[-2] // 2, "多发")
    for known in list(world.grants.values()):
        if not known.paid_on and not known.withdrawn_on and known.granted_on < f"{year}-12-31":
            world.give_up(known.amount)


def graduating(world: SchoolWorld, year: int) -> None:
    """Who finishes is registered by itself; half of them find work."""
    for row in sorted(graduates.finishing(world.town, year), key=lambda row: (world.place(row.archive_id), row.number)):
        content = graduates.prepared_graduate(world.town, row.record_id)
        content.values |= {"major": "会计", "phone": "13900001111", "responsible": "李秀兰 0556-1234567", "origin": "潜山"}
        content.values.setdefault("education", "bachelor")
        made = graduates.save_graduate(world.town, row.archive_id, content)
        world.graduates[row.number] = (world.today, "")
        world.note("graduate")
        if world.rng.random() < 0.5:
            _in_days(world, world.rng.randint(3, 10), partial(_finds_work, world, row.number, made))


def _finds_work(world: SchoolWorld, number: str, made: Record) -> None:
    world.minutes += 1
    content = made.content
    content.rows["stages"] = [
        {"id": new_id(), "on_day": world.after(-2), "stage": "seeking"},
        {"id": new_id(), "on_day": world.today, "stage": "employed", "employer": "某公司", "post": "会计"},
    ]
    graduates.save_graduate(world.town, made.archive_id, content, made.record_id)
    world.graduates[number] = (world.graduates[number][0], world.today)


def settle_county(world: SchoolWorld) -> None:
    """The county works by the same policy."""
    policies.choose_policy(world.county, "qinghai-2022")
    source = policies.NewSource("低保标准（虚构）", "县民政局")
    policies.add_standard(world.county, policies.NewStandard("subsistence", (STUDY_REGION,), "any", "2022-01-01", "600", source, "演示"))
