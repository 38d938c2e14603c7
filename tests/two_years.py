"""A township over two years: households come, are checked, posted, helped, leave and come back, day by day.

Everything goes through the services and follows from one seed. What the clerks did is also written into a plain
notebook, so that a recount need not believe the program. Nobody in it exists.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import chinese_calendar
import pytest
from casework import worksheet
from factories import household, small_pdf
from neighbours import carry

from db.domain.case_words import Act, Stage, Standing
from db.domain.form_schema import Value
from db.domain.records.record_form import RecordContent, RecordKind
from db.domain.review import Reason, ReviewOutcome
from db.errors import UserError
from db.services import (
    answering,
    archiving,
    assessing,
    attachments,
    cadres,
    case_list,
    casework,
    exchange,
    means,
    monitoring,
    pairing,
    policies,
    records,
    reviewing,
)
from db.services.case_list import CaseQuery
from db.services.casework import CaseView
from db.services.office import OfficeSession
from db.services.reviewing import ReviewInput

CHINA = timezone(timedelta(hours=8))
FIRST_DAY, LAST_DAY = date(2022, 7, 1), date(2024, 6, 30)
NOTICE_DAYS = 5
Life = Iterator[int]
"""What happens to a household: each value is the number of days until it goes on."""

MINUTES = {"present": "王五、赵六、孙七", "opinion": "同意"}
SHEET = {
    "reporter_phone": "0556-1234567", "checkers": "张三、李四", "covered_by_civil_affairs": False,
    "annual_income": 3_600_000, "annual_rigid_expense": 900_000, "work_secured": True, "medical_secured": True,
    "school_secured": True, "social_secured": True, "housing_secured": True,
}  # fmt: skip


@dataclass
class Pace:
    """How much happens: the mix of a township, small enough for a test."""

    with_number: int = 150
    known_before: int = 60
    gone_before: int = 40
    leads: int = 20
    applicants: int = 30
    new_each_month: int = 2
    exits_each_window: int = 5
    phase_outs_each_window: int = 4
    adjusted_each_window: int = 1
    paired: int = 60
    contacts_each_month: int = 12
    sheets: int = 8


@dataclass
class World:
    """The township, its county, the day, and what is still to come."""

    town: OfficeSession
    county: OfficeSession
    stick: Path
    rng: random.Random
    pace: Pace = field(default_factory=Pace)
    day: date = FIRST_DAY
    minutes: int = 0
    notebook: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By household: every act with its day, as the clerks remember it."""
    seen: Counter[str] = field(default_factory=Counter)
    agenda: dict[date, list[Life]] = field(default_factory=dict)
    campaign: str = ""
    cadre_ids: list[str] = field(default_factory=list)
    _numbers: int = 0

    def __post_init__(self) -> None:
        for session in (self.town, self.county):
            session.clock = self.now
        self.paper = small_pdf()

    def now(self) -> datetime:
        """The moment; each act takes a while."""
        return datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=CHINA) + timedelta(seconds=self.minutes)

    @property
    def today(self) -> str:
        """The day as ISO."""
        return self.day.isoformat()

    def note(self, happening: str) -> None:
        """Remember that it happened, so that a test can show that nothing was left out by chance."""
        self.seen[happening] += 1

    # -- what a clerk does ------------------------------------------------------------------------------------------

    def file(self, **values: Value) -> str:
        """A new household."""
        self._numbers += 1
        self.minutes += 1
        content = household(f"two years {self._numbers}", self._numbers % 3, **values)
        archive_id = archiving.save_archive(self.town, content).id
        self.notebook[archive_id] = []
        return archive_id

    def act(self, archive_id: str, act: Act, **detail: str) -> CaseView:
        """Take a step and write it down."""
        self.minutes += 1
        view = casework.take_step(self.town, archive_id, act, detail, posted_days=NOTICE_DAYS)
        self.notebook[archive_id].append((act.value, view.steps[-1].on))
        self.note(act.value)
        return view

    def refused(self, archive_id: str, act: Act, words: str, **detail: str) -> None:
        """Try a step that must not be taken now."""
        with pytest.raises(UserError) as caught:
            casework.take_step(self.town, archive_id, act, detail, posted_days=NOTICE_DAYS)
        assert words in caught.value.text(), caught.value.text()
        self.note(f"refused {act}")

    def give(self, archive_id: str, *types: str) -> None:
        """File papers."""
        for paper in types:
            self.minutes += 1
            attachments.add_attachment(self.town, archive_id, f"{paper}.pdf", self.paper, paper)

    def contact(self, archive_id: str, method: str, next_on: str = "") -> None:
        """A call or a visit."""
        self.minutes += 1
        values = {"method": method, "purpose": "contact", "visited_on": self.today, "visitors": "张三、李四"}
        content = RecordContent(values | ({"next_on": next_on} if next_on else {}))
        records.save_record(self.town, archive_id, RecordKind.HOME_VISIT, content)
        self.note(method)

    def help(self, archive_id: str, days: int) -> Life:
        """A measure that is planned and, mostly, done in the end."""
        planned, due = self.today, self.after(days)
        values = {"measure_kind": "living", "content": "生活救助", "responsible": "张三", "planned_on": planned, "due_on": due}
        made = records.save_record(self.town, archive_id, RecordKind.MEASURE, RecordContent({**values}))
        yield days + self.rng.randint(-20, 40)
        if self.rng.random() < 0.8:
            values["done_on"] = self.today
            records.save_record(self.town, archive_id, RecordKind.MEASURE, RecordContent({**values}), made.record_id)
            self.note("measure done")

    def weigh(self, archive_id: str) -> None:
        """Worksheet, assessment and decision of this year."""
        self.minutes += 1
        archive = archiving.load_archive(self.town, archive_id)
        sheet = worksheet(self.town, archive, self.rng.randint(8, 30) * 100_000, self.day.year - 1)
        means.save_means(self.town, archive_id, sheet)
        stored = assessing.assess_and_store(self.town, archive_id, self.day)
        said = stored.assessment
        assessing.decide(self.town, stored.id, said.suggested_class, said.suggested_level, "按实际情况")

    def after(self, days: int) -> str:
        """The day so many days ahead."""
        return (self.day + timedelta(days)).isoformat()

    # -- how a case goes --------------------------------------------------------------------------------------------

    def begin(self, life: Life, wait: int = 0) -> None:
        """Let something happen so many days ahead, tomorrow at the earliest."""
        self.agenda.setdefault(self.day + timedelta(max(wait, 1)), []).append(life)

    def application(self, archive_id: str) -> Life:
        """From the papers to the office above."""
        yield self.rng.randint(0, 15)
        if self.rng.random() < 0.06:
            was_here = self.row(archive_id).state.standing is Standing.EXITED
            self.act(archive_id, Act.ABANDON if was_here else Act.GIVE_UP, reason="本人撤回")
            return
        if not attachments.list_attachments(self.town, archive_id):
            self.refused(archive_id, Act.ACCEPT, "还没有书面申请")
        self.give(archive_id, "application", "verification_consent")
        self.act(archive_id, Act.ACCEPT)
        yield from self.verified(archive_id, is_new=True)

    def verified(self, archive_id: str, *, is_new: bool) -> Life:
        """The visit, the comparison or the fast track, the meeting."""
        yield self.rng.randint(1, 6)
        self.contact(archive_id, "home", self.after(90) if self.rng.random() < 0.5 else "")
        self.weigh(archive_id)
        fate = self.rng.random()
        if fate < 0.08:
            self.act(archive_id, Act.NOT_ELIGIBLE, reason="有两套住房")
            return
        if is_new and fate < 0.22:
            told = {"appraised_on": self.today, "appraisal": "同意", "verify_by": self.after(60)}
            self.act(archive_id, Act.FAST_TRACK, **told, **MINUTES, met_on=self.today)
        else:
            self.act(archive_id, Act.VERIFY)
            yield self.rng.randint(1, 4)
            self.act(archive_id, Act.COMPARE, compared_on=self.today, comparison_source="民政局", comparison_result="相符")
            if fate > 0.96:
                self.act(archive_id, Act.STEP_BACK, to_stage="verification", reason="漏了一辆车")
                self.act(archive_id, Act.VERIFY)
                self.act(archive_id, Act.COMPARE, compared_on=self.today, comparison_source="车管所", comparison_result="报废")
            yield 1
            if fate > 0.92:
                self.act(archive_id, Act.DISAGREE, **MINUTES, met_on=self.today, reason="收入超过标准")
                return
            self.act(archive_id, Act.AGREE, **MINUTES, met_on=self.today)
        yield self.rng.randint(0, 3)
        yield from self.posted(archive_id)

    def posted(self, archive_id: str) -> Life:
        """The public notice: so many working days by the official calendar, stopped by an objection."""
        ends = self.act(archive_id, Act.POST, starts_on=self.today, place="公告栏", phone="0556-0000000").state.notice_ends
        assert ends == working_day(self.day, NOTICE_DAYS), (self.today, ends)
        self.note("over a holiday" if ends != working_day(self.day, NOTICE_DAYS, _is_weekday) else "plain weeks")
        self.refused(archive_id, Act.END_NOTICE, f"公示到 {ends} 为止")
        if self.rng.random() < 0.2:
            yield self.rng.randint(1, 3)
            objected = self.day
            self.act(archive_id, Act.OBJECT, objected_on=self.today, objector="匿名", objection="家里有车")
            yield self.rng.randint(2, 12)
            settled = {"settled_on": self.today, "settlement": "车是亲戚的"}
            if self.rng.random() < 0.25:
                self.act(archive_id, Act.UPHOLD, **settled, reason="确有车辆")
                return
            left = max(working_days(objected, date.fromisoformat(ends)), 1)
            ends = self.act(archive_id, Act.SETTLE, **settled).state.notice_ends
            assert ends == working_day(self.day, left), (self.today, ends)
        yield (date.fromisoformat(ends) - self.day).days
        self.refused(archive_id, Act.END_NOTICE, f"公示到 {ends} 为止")
        yield self.rng.choice((1, 1, 2, 9))
        self.give(archive_id, "notice_photo")
        self.act(archive_id, Act.END_NOTICE)
        self.act(archive_id, Act.SUBMIT)

    def write(self, archive_id: str, **values: Value) -> None:
        """Change some answers of the form."""
        self.minutes += 1
        content = archiving.load_archive(self.town, archive_id).content
        content.values |= values
        archiving.save_archive(self.town, content, archive_id)

    def corrected(self, archive_id: str) -> Life:
        """What came back is put right and goes up again."""
        yield self.rng.randint(2, 20)
        self.write(archive_id, remarks=f"{self.today} 补正")
        yield 1
        self.act(archive_id, Act.SUBMIT)

    def supplied(self, archive_id: str) -> Life:
        """核查待补 is made up for, sometimes late."""
        yield self.rng.randint(5, 90)
        if self.row(archive_id).state.standing in {Standing.ON_FILE, Standing.PHASING_OUT}:
            told = {"compared_on": self.today, "comparison_source": "民政局", "comparison_result": "相符"}
            self.act(archive_id, Act.SUPPLY_COMPARISON, **told)

    def leaving(self, archive_id: str) -> Life:
        """退档, with everything it takes."""
        self.give(archive_id, "income_proof")
        self.act(archive_id, Act.BEGIN_EXIT, exit_reason="re_employed")
        yield from self.verified(archive_id, is_new=False)

    def adjusted(self, archive_id: str) -> Life:
        """调档; now and then it is given up."""
        self.act(archive_id, Act.BEGIN_ADJUST, reason="病情加重")
        if self.rng.random() < 0.3:
            yield 3
            self.act(archive_id, Act.ABANDON, reason="情况没有变")
            return
        yield from self.verified(archive_id, is_new=False)

    # -- the lists a clerk works from -------------------------------------------------------------------------------

    def row(self, archive_id: str) -> case_list.CaseRow:
        """A line of the list."""
        return next(row for row in case_list.case_rows(self.town, CaseQuery(), limit=2000) if row.archive_id == archive_id)

    def idle(self, *standings: Standing) -> list[case_list.CaseRow]:
        """Households of these pools about which nothing is being decided, in the order of their numbers."""
        query = CaseQuery(standings=standings, order="archive_number", descending=False)
        return [row for row in case_list.case_rows(self.town, query, limit=2000) if not row.state.track]

    # -- the office above -------------------------------------------------------------------------------------------

    def quarter(self) -> None:
        """The stick goes up, the county reviews what waits for it, its answer comes down."""
        self.minutes += 60
        carry(self.town, self.county, self.stick)
        waiting = case_list.case_ids(self.county, CaseQuery(stage=Stage.REVIEW))
        outcomes = {archive_id: self.review(archive_id) for archive_id in sorted(waiting, key=self.place)}
        if not self.campaign and self.day.month in {9, 10}:
            self.call_campaign()
        self.minutes += 60
        answer = answering.write_answer(self.county, self.town.office.id, self.stick)
        exchange.receive_bundle(self.town, answer.path)
        for archive_id, outcome in outcomes.items():
            self.react(archive_id, outcome)

    def place(self, archive_id: str) -> int:
        """In which order households came; ids differ from run to run."""
        return list(self.notebook).index(archive_id)

    def review(self, archive_id: str) -> ReviewOutcome:
        """What the county says; now and then it thinks better of it at once."""
        self.minutes += 1
        fate = self.rng.random()
        if fate < 0.15:
            given = ReviewInput(ReviewOutcome.RETURNED, (Reason("missing_paper", "出院小结"),), due_on=self.after(10))
        elif fate < 0.25:
            given = ReviewInput(ReviewOutcome.REFUSED, (Reason("income_too_high"),))
        else:
            given = ReviewInput(ReviewOutcome.APPROVED, worker_number=f"34088299{self.place(archive_id):04d}")
        if fate > 0.93:
            first = ReviewInput(ReviewOutcome.REFUSED, (Reason("income_too_high"),))
            reviewing.review(self.county, archive_id, first)
            self.minutes += 1
            self.note("refusal withdrawn")
        reviewing.review(self.county, archive_id, given)
        self.note(given.outcome.value)
        return given.outcome

    def react(self, archive_id: str, outcome: ReviewOutcome) -> None:
        """What the township does about the answer."""
        state = self.row(archive_id).state
        if outcome is ReviewOutcome.RETURNED:
            self.begin(self.corrected(archive_id))
        elif state.standing is Standing.ON_FILE:
            self.pair([archive_id])
            if state.verify_by:
                self.begin(self.supplied(archive_id))

    # -- windows, monitoring, pairing -------------------------------------------------------------------------------

    def open_window(self) -> None:
        """What waits for April or November."""
        spring = self.day.month == 4
        for row in self.idle(Standing.PHASING_OUT):
            over = (row.state.phase_out_ends or "") < self.today
            if over and not (spring and row.hardship_category == "deep_hardship"):
                self.begin(self.leaving(row.archive_id), self.rng.randint(0, 20))
            elif not over and self.rng.random() < 0.3:
                self.act(row.archive_id, Act.RELAPSE, reason="又生病了")
        fitting = [row for row in self.idle(Standing.ON_FILE) if not (spring and row.hardship_category == "deep_hardship")]
        many = (self.pace.exits_each_window, self.pace.phase_outs_each_window, self.pace.adjusted_each_window)
        chosen = self.rng.sample(fitting, sum(many))
        for row in chosen[: many[0]]:
            self.begin(self.leaving(row.archive_id), self.rng.randint(0, 20))
        for row in chosen[many[0] : many[0] + many[1]]:
            self.act(row.archive_id, Act.PHASE_OUT, end_date=self.after(self.rng.randint(60, 300)), reason="收入好转")
        for row in chosen[many[0] + many[1] :]:
            self.begin(self.adjusted(row.archive_id))

    def outside_windows(self) -> None:
        """What must wait for its window is refused with the day on which it opens."""
        deep = self.rng.choice([row for row in self.idle(Standing.ON_FILE) if row.hardship_category == "deep_hardship"])
        other = self.rng.choice([row for row in self.idle(Standing.ON_FILE) if row.hardship_category == "relative_hardship"])
        self.give(other.archive_id, "income_proof")
        if self.day.month not in {11, 12}:
            opens = date(self.day.year, 11, 1).isoformat()
            self.refused(deep.archive_id, Act.PHASE_OUT, opens, end_date=self.after(90), reason="好转")
            opens = f"{self.day.year}-04-01" if self.day.month < 4 else opens
            if self.day.month not in {4, 5, 6}:
                self.refused(other.archive_id, Act.BEGIN_EXIT, opens, exit_reason="cured")

    def call_campaign(self) -> None:
        """The county calls for everybody who has left since 2018 to be looked at."""
        values: dict[str, Value] = {"title": "脱困回头看", "begins_on": self.today, "due_on": self.after(120),
                                    "population": ["exited"], "exited_since": "2018-01-01"}  # fmt: skip
        self.campaign = monitoring.save_campaign(self.county, RecordContent(values)).record_id

    def monitor(self) -> None:
        """Some of the households of the campaign are looked at; who has fallen back applies again."""
        query = monitoring.MonitoringQuery(campaign_id=self.campaign, progress=monitoring.Progress.TO_DO)
        for row in monitoring.monitoring_rows(self.town, query, limit=self.pace.sheets):
            self.minutes += 1
            sheet = monitoring.new_sheet(self.town, row.archive_id, self.campaign)
            again = self.rng.random() < 0.3
            sheet.values |= {**SHEET, "relapse_advised": again}
            if sheet.values.get("exit_reason"):
                sheet.values["result_stable"] = not again
            if again:
                sheet.values |= {"relapse_class": "relative", "relapse_causes": ["major_illness"], "difficulties": "又住院"}
            made = monitoring.save_sheet(self.town, row.archive_id, sheet)
            self.note("sheet")
            if again and row.standing is Standing.EXITED and not row.track:
                view = monitoring.open_again(self.town, made.record_id)
                self.notebook[row.archive_id].append((view.steps[-1].act.value, view.steps[-1].on))
                self.note(view.steps[-1].act.value)
                self.begin(self.application(row.archive_id))

    def enter_cadres(self) -> None:
        """The register; the first two are leaders."""
        for number, name in enumerate("甲乙丙丁戊己庚辛"):
            values = {"name": f"赵{name}", "unit": "镇总工会", "phone": f"0556-12345{number:02d}", "is_leader": number < 2}
            self.cadre_ids.append(cadres.save_cadre(self.town, RecordContent(values)).record_id)

    def pair(self, ids: list[str]) -> None:
        """Give households to cadres in turn."""
        for archive_id in ids:
            self.minutes += 1
            self._numbers += 1
            cadre = self.cadre_ids[self._numbers % len(self.cadre_ids)]
            pairing.pair(self.town, [archive_id], {cadre: "main"}, instead=True)
            self.note("paired")

    def cadre_leaves(self) -> None:
        """One leaves; the households go to the others in one step."""
        leaver = self.cadre_ids.pop(2)
        shared = pairing.share_out(self.town, leaver, self.cadre_ids)
        assert pairing.hand_over(self.town, leaver, shared, reason="调离") == len(shared)
        self.note("handed over")

    def keep_contact(self) -> None:
        """Some of the paired households are called, some visited; some are promised a measure."""
        paired = [row.archive_id for row in self.idle(Standing.ON_FILE, Standing.PHASING_OUT)][: self.pace.paired]
        for archive_id in self.rng.sample(paired, self.pace.contacts_each_month):
            self.contact(archive_id, self.rng.choice(("call", "call", "home")))
        for archive_id in self.rng.sample(paired, 2):
            self.begin(self.help(archive_id, self.rng.randint(20, 120)))


# -- an independent calendar --------------------------------------------------------------------------------------


def working_day(start: date, number: int, is_work: Callable[[date], bool] = chinese_calendar.is_workday) -> str:
    """The *number*-th working day after *start*, by the published holidays and make-up days."""
    day = start
    while number:
        day += timedelta(1)
        number -= is_work(day)
    return day.isoformat()


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


def working_days(first: date, last: date) -> int:
    """Working days of a span, both ends included."""
    return sum(chinese_calendar.is_workday(first + timedelta(at)) for at in range((last - first).days + 1))


# -- the two years ------------------------------------------------------------------------------------------------


def settle_in(world: World) -> None:
    """What the township has on the first day."""
    policies.choose_policy(world.town, "qinghai-2022")
    source = policies.NewSource("低保标准（虚构）", "县民政局")
    standard = policies.NewStandard("subsistence", ("340882",), "any", "2022-01-01", "600", source, "演示")
    policies.add_standard(world.town, standard)
    pace, number = world.pace, iter(range(10_000))
    old = [world.file(worker_number=f"34088200{next(number):04d}") for _ in range(pace.with_number)]
    for _ in range(pace.known_before):
        old.append(world.file(worker_number=f"T{next(number):04d}"))
        world.act(old[-1], Act.NOTE_ON_FILE, reason="原有档案")
    for _ in range(pace.gone_before):
        gone = world.file(worker_number=f"T{next(number):04d}")
        exited_on = f"{world.rng.randint(2017, 2021)}-12-{world.rng.randint(10, 28)}"
        world.act(gone, Act.NOTE_EXITED, exited_on=exited_on, exit_reason="re_employed")
    for _ in range(pace.leads):
        lead = world.file(worker_number=None)
        world.act(lead, Act.NOTE_LEAD)
        world.begin(heard_of(world, lead), world.rng.randint(5, 600))
    for _ in range(pace.applicants):
        world.begin(world.application(world.file(worker_number=f"T{next(number):04d}")), world.rng.randint(0, 60))
    world.enter_cadres()
    world.pair(old[: pace.paired])


def heard_of(world: World, archive_id: str) -> Life:
    """A lead: it applies, is helped for once and then applies, or comes to nothing."""
    yield 0
    fate = world.rng.random()
    if fate < 0.8:
        world.write(archive_id, worker_number=f"T8{world.rng.randint(0, 999):03d}")
    if fate < 0.3:
        world.act(archive_id, Act.MAKE_TEMPORARY, reason="临时困难")
        yield world.rng.randint(20, 60)
        world.act(archive_id, Act.CONVERT)
        yield from world.verified(archive_id, is_new=True)
    elif fate < 0.8:
        world.act(archive_id, Act.APPLY)
        yield from world.application(archive_id)
    else:
        world.act(archive_id, Act.CANCEL, cancel_reason="declined", reason="不愿意申请")
        yield world.rng.randint(5, 60)
        if fate < 0.96:
            world.act(archive_id, Act.RESTORE, reason="又愿意了")


def live(world: World, look: Callable[[World], None]) -> None:
    """Two years, day by day; *look* is called at the end of each month, after the quarter's bundle if there is one."""
    while world.day <= LAST_DAY:
        world.minutes = 0
        for life in world.agenda.pop(world.day, []):
            _go_on(world, life)
        if world.day.day == 5:
            _monthly(world)
        if world.day.day == 25:
            if world.day.month in {3, 6, 9, 12}:
                world.quarter()
            look(world)
        world.day += timedelta(1)


def _go_on(world: World, life: Life) -> None:
    """One household's next move; what it does may take it as far as its next wait."""
    wait = next(life, None)
    while wait == 0:
        wait = next(life, None)
    if wait is not None:
        world.begin(life, wait)


def _monthly(world: World) -> None:
    if world.day.month in {4, 11}:
        world.open_window()
    world.outside_windows()
    world.keep_contact()
    for _ in range(world.pace.new_each_month):
        world.begin(world.application(world.file(worker_number=f"T9{world.rng.randint(0, 999):03d}")))
    if world.day.month == 2 and world.seen["handed over"] == 0:
        world.cadre_leaves()
    if world.campaign:
        with_list = monitoring.campaign_of(world.town, world.campaign)
        if not with_list.opened_at:
            world.note("opened") if monitoring.open_campaign(world.town, world.campaign) else None
        world.monitor()
