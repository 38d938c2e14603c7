"""The means worksheet (家庭经济状况), declared once: what is asked per household and year, and its ledgers.

Read by the editor, the printed 家庭情况信息采集表, the facts file of the command line and the rules. The ledger
declared here is complete in itself; what the archive already knows (names, birth dates, causes) is not asked twice,
see ``policy.facts``. Money is 分 of the worksheet's year.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.domain.field_makers import STAR, choice, choices, day, long_text, money, papers, person, text, yes_no
from db.domain.form_schema import FieldKind, FieldSpec, Privacy, Section, Value, WhenOneOf

MEANS_EDITION = "means-1"
WORKER = "worker"
"""The person reference that means the worker; members are named by their id."""

_NOTE = text("note", "说明")
_PAPERS = papers("papers", "佐证材料", help="选这份档案里已有的附件；没有的先到“附件”里加。")

_HOUSEHOLD = Section(
    key="household",
    title="家庭情况",
    hint="决定用哪里的标准、适用哪些条款",
    fields=(
        FieldSpec(
            key="region",
            label="低保标准适用地",
            kind=FieldKind.REGION,
            required=STAR,
            suggested_by="office_region",
            help="家庭常住地，按这里的低保标准比对。不填时问，绝不用上级的标准代替。",
        ),
        choice("area", "适用城市或农村标准", "residence_area", required=STAR, help="按常住地执行的低保标准选。"),
        yes_no("receives_subsistence_allowance", "是否享受低保", help="有低保证的选“是”，并附低保证复印件。"),
        yes_no("is_on_file", "是否已建档在册", help="在全国工会帮扶工作管理系统里已有档案的选“是”。"),
        yes_no("is_registered_poor", "是否建档立卡贫困户"),
        yes_no("is_social_retiree", "是否已实行社会化管理的退休人员"),
        yes_no("is_new_form_worker", "是否新就业形态劳动者家庭", help="货车司机、网约车司机、快递员、外卖配送员等。"),
        day("labour_relation_on", "劳动关系起始日期", help="与现单位建立劳动关系的日子。"),
        choices("labour_proofs", "劳动关系证明", "labour_proof", help="困难农民工须有其中一样。"),
        yes_no("has_housing_benefit", "是否已享受住房补助", help="公租房、廉租房或租赁补贴。已享受的不再重复补助。"),
        yes_no("has_heating_benefit", "是否已享受取暖补助"),
        yes_no("other_exclusion", "是否有集体研究确定、上一级工会认可的不应建档情形"),
        day("committee_decided_on", "集体研究日期", help="工会领导班子集体研究这一户的日子。"),
        long_text("committee_note", "集体研究意见", limit=500),
    ),
)

_PEOPLE = Section(
    key="people",
    title="家庭人员",
    hint="谁一起生活、谁能劳动；人员本身在档案表里添加",
    repeats=True,
    fields=(
        person("person", "姓名", required=STAR),
        yes_no("lives_together", "是否共同生活", default=True, help="收入算谁的，人数就算谁的，两处一致。"),
        yes_no("can_work", "是否有正常劳动能力"),
        day("unemployed_on", "失业日期", help="现在没有工作的，填从哪天起失业。"),
        yes_no("no_imputed_wage", "是否有证明不按最低工资推算", help="在校、重病、照料失能家人等，附证明。"),
        _NOTE,
    ),
)

_INCOMES = Section(
    key="incomes",
    title="全年收入",
    hint="每人每种收入一行，填全年数",
    repeats=True,
    fields=(
        person("person", "谁", required=STAR),
        choice("kind", "收入种类", "income_kind", required=STAR),
        money("amount", "全年金额", required=STAR, help="工资性收入填应发数，所得税和五险一金填在后面两栏。"),
        money("tax", "所得税"),
        money("social_insurance", "五险一金", help="个人缴纳的养老、医疗、失业、工伤、生育保险和住房公积金。"),
        _PAPERS,
        _NOTE,
    ),
)

_MONTHLY = Section(
    key="monthly_incomes",
    title="逐月收入",
    hint="只在要看连续几个月时填：全家每月可支配收入",
    repeats=True,
    fields=(
        day("month", "月份", required=STAR, help="填这个月的任意一天，如 2019-07。"),
        money("amount", "全家可支配收入", required=STAR),
        _NOTE,
    ),
)

_EXPENSES = Section(
    key="expenses",
    title="支出",
    hint="一张票据一行；同一张票据只计一次",
    repeats=True,
    fields=(
        choice("kind", "支出种类", "expense_kind", required=STAR),
        person("person", "谁"),
        day("spent_on", "日期"),
        money("total", "总金额", required=STAR),
        money("reimbursed", "已报销", help="医保、大病保险、单位报销的。"),
        money("compensation", "已获赔偿", help="保险赔付、事故赔偿、社会捐助，先从支出里扣除。"),
        choice(
            "purpose",
            "计入",
            "expense_purpose",
            help="患病、上学、残疾、单亲计入致困支出；意外伤害、突发事件计入意外致困支出；重大疾病由经办人选其一。",
        ),
        _PAPERS,
        _NOTE,
    ),
)

_HOMES = Section(
    key="homes",
    title="住房",
    repeats=True,
    fields=(
        choice("ownership", "产权", "home_ownership", required=STAR),
        FieldSpec(key="area", label="建筑面积", kind=FieldKind.AREA, unit="㎡"),
        text("address", "地址", privacy=Privacy.IDENTIFYING),
        money("value", "估值"),
        _NOTE,
    ),
)

_VEHICLES = Section(
    key="vehicles",
    title="车辆、船舶、机械",
    repeats=True,
    fields=(
        choice("kind", "种类", "vehicle_kind", required=STAR),
        choice("use", "用途", "vehicle_use", required=STAR),
        money("value", "估值"),
        _NOTE,
    ),
)

_BUSINESSES = Section(
    key="businesses",
    title="经营房产和雇工",
    repeats=True,
    fields=(choice("kind", "种类", "business_kind", required=STAR), money("value", "估值"), _NOTE),
)

_ASSETS = Section(
    key="assets",
    title="储蓄和投资",
    repeats=True,
    fields=(choice("kind", "种类", "asset_kind", required=STAR), person("person", "谁"), money("amount", "金额", required=STAR), _NOTE),
)

_JOB_OFFERS = Section(
    key="job_offers",
    title="就业推荐",
    hint="失业后工会和其他部门推荐过的工作",
    repeats=True,
    fields=(
        person("person", "谁", required=STAR),
        day("offered_on", "推荐日期", required=STAR),
        text("offered_by", "推荐单位"),
        yes_no("is_refused", "是否拒绝", required=STAR),
        yes_no("has_good_reason", "拒绝是否有正当理由", shown=WhenOneOf("is_refused", frozenset({True}), "拒绝时填写")),
        _NOTE,
    ),
)

_EVENTS = Section(
    key="events",
    title="意外和突发事件",
    repeats=True,
    fields=(
        choice("kind", "种类", "event_kind", required=STAR),
        day("happened_on", "发生日期", required=STAR),
        yes_no("is_severe", "是否非常重大"),
        _NOTE,
    ),
)

_STUDENTS = Section(
    key="students",
    title="在学子女",
    repeats=True,
    fields=(
        person("person", "谁", required=STAR),
        choice("stage", "学段", "school_stage", required=STAR),
        text("school", "学校"),
        FieldSpec(
            key="school_region",
            label="就学所在地",
            kind=FieldKind.REGION,
            help="助学金上限按就学所在地的城市低保标准算。",
        ),
        day("enrolled_on", "入学日期"),
        yes_no("is_new", "是否今年新入学"),
        yes_no("is_full_time", "是否全日制在校", default=True),
        yes_no("has_disability", "是否残疾儿童"),
        yes_no("is_private_school", "是否高收费私立学校"),
        money("private_fee", "每年学费", shown=WhenOneOf("is_private_school", frozenset({True}), "私立学校填写")),
        money(
            "public_fee", "同类公办学校每年学费", shown=WhenOneOf("is_private_school", frozenset({True}), "私立学校填写")
        ),
        yes_no("studies_abroad", "是否自费出国留学"),
        _NOTE,
    ),
)

_EARLIER_AID = Section(
    key="earlier_aid",
    title="今年已得到的救助",
    hint="别处已经给过的也填，避免重复",
    repeats=True,
    fields=(
        choice("item", "救助项目", "aid_item", required=STAR),
        person("person", "谁"),
        money("amount", "金额", required=STAR),
        day("received_on", "日期", required=STAR),
        choice("giver", "谁给的", "aid_giver"),
        _NOTE,
    ),
)


@dataclass(frozen=True, kw_only=True)
class MeansSchema:
    """The worksheet: one section asked once, and ledgers of rows."""

    title: str
    edition: str
    sections: tuple[Section, ...]

    @functools.cached_property
    def ledgers(self) -> tuple[Section, ...]:
        """The sections with any number of rows."""
        return tuple(section for section in self.sections if section.repeats)

    @functools.cached_property
    def by_key(self) -> dict[str, Section]:
        """Sections by key."""
        return {section.key: section for section in self.sections}

    def spec(self, section: str, key: str) -> FieldSpec:
        """The field *key* of *section*; KeyError when there is none."""
        for spec in self.by_key[section].fields:
            if spec.key == key:
                return spec
        raise KeyError(key)


MEANS_FORM = MeansSchema(
    title="困难职工家庭情况信息采集表",
    edition=MEANS_EDITION,
    sections=(
        _HOUSEHOLD,
        _PEOPLE,
        _INCOMES,
        _EXPENSES,
        _HOMES,
        _VEHICLES,
        _BUSINESSES,
        _ASSETS,
        _STUDENTS,
        _JOB_OFFERS,
        _EVENTS,
        _EARLIER_AID,
        _MONTHLY,
    ),
)

Row = dict[str, Value]


@dataclass(slots=True)
class MeansContent:
    """The worksheet of one household and year.

    *rows*: ledger key → its rows, each with a stable ``id``. A ledger that is absent was not asked yet; an empty one
    was asked and there is none – an exclusion can be ruled out only by the latter.
    """

    year: int
    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    edition: str = MEANS_EDITION

    def copy(self) -> "MeansContent":
        """An independent copy; changing one never changes the other."""
        rows = {key: [_copied(row) for row in ledger] for key, ledger in self.rows.items()}
        return MeansContent(self.year, _copied(self.values), rows, self.edition)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON object."""
        return {"edition": self.edition, "year": self.year, "household": self.values, "rows": self.rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "MeansContent":
        """Read what :meth:`to_json` wrote."""
        rows = {key: [dict(row) for row in ledger] for key, ledger in data["rows"].items()}
        return cls(data["year"], dict(data["household"]), rows, data["edition"])


def _copied(record: Mapping[str, Value]) -> Row:
    return {key: list(value) if isinstance(value, list) else value for key, value in record.items()}


def self_borne(expense: Mapping[str, Value]) -> int:
    """What the household itself bore of an expense, 分: total − reimbursed − compensation, compensation first."""
    return _fen(expense.get("total")) - _fen(expense.get("reimbursed")) - _fen(expense.get("compensation"))


def _fen(value: Value) -> int:
    return value if isinstance(value, int) else 0


CAUSE_KINDS = frozenset({"illness", "schooling", "disability", "single_parent", "long_term_care", "other_special"})
ACCIDENTAL_KINDS = frozenset({"accident", "disaster"})


def purpose_of(expense: Mapping[str, Value]) -> str | None:
    """What an expense counts as: cause, accidental or plain. None: 重大疾病 that the clerk has not placed yet."""
    purpose = expense.get("purpose")
    if isinstance(purpose, str):
        return purpose
    kind = expense.get("kind")
    if kind in CAUSE_KINDS:
        return "cause"
    if kind in ACCIDENTAL_KINDS:
        return "accidental"
    return None if kind == "major_illness" else "plain"
