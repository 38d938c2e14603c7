"""What the free cross-table may count, by what it may be divided, and what is added up; the SQL behind each is the store's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.domain.aid.list_flow import METHODS
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.case_words import STANDING_LABELS
from db.domain.form_schema import FieldKind
from db.domain.office_levels import LEVEL_LABELS
from db.domain.option_lists import option_list

NOT_FILLED = "没有填"


class Subject(StrEnum):
    """What is counted."""

    HOUSEHOLDS = "households"
    PEOPLE = "people"
    FILED = "filed"
    EXITED = "exited"
    AID = "aid"
    STUDENTS = "students"
    GRADUATES = "graduates"
    VISITS = "visits"
    MONITORING = "monitoring"


SUBJECTS = {
    Subject.HOUSEHOLDS: "困难职工家庭",
    Subject.PEOPLE: "职工和家人",
    Subject.FILED: "新建档的家庭",
    Subject.EXITED: "退出的家庭",
    Subject.AID: "发放的救助",
    Subject.STUDENTS: "助学学生",
    Subject.GRADUATES: "高校毕业生",
    Subject.VISITS: "走访联系",
    Subject.MONITORING: "动态监测",
}
OF_A_PERIOD = frozenset(Subject) - {Subject.HOUSEHOLDS, Subject.PEOPLE, Subject.GRADUATES}
"""What happened on a day, and is counted by it; the rest is counted as it stands now."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """By what is divided. Labels of codes: *labels*, or the code itself; *ordered*: codes come in the order of the labels."""

    key: str
    label: str
    labels: Mapping[str, str]
    is_span: bool = False
    """Whether gaps between two codes are shown too: a month without payments, an age nobody has."""

    def name(self, code: str) -> str:
        """What *code* is called."""
        return self.labels.get(code, code) if code else NOT_FILLED

    def sorted(self, codes: Iterable[str]) -> list[str]:
        """Codes in their order, unknown ones after the known, what is not filled in last."""
        places = {code: at for at, code in enumerate(self.labels)}
        return sorted(set(codes), key=lambda code: (code == "", places.get(code, len(places)), code))

    def filled(self, codes: Iterable[str]) -> list[str]:
        """The same with the gaps filled where there must be none."""
        found = self.sorted(codes)
        known = [code for code in self.labels if code in found]
        if not self.is_span or not known:
            return found
        order = list(self.labels)
        span = order[order.index(known[0]) : order.index(known[-1]) + 1]
        return [*span, *(code for code in found if code not in span)]


AGES = {"0": "不满 6 岁", "6": "6–14 岁", "15": "15–17 岁", "18": "18–34 岁", "35": "35–49 岁", "50": "50–59 岁", "60": "60–69 岁",
        "70": "70–79 岁", "80": "80 岁以上"}  # fmt: skip
TENS = {str(age): f"{age}–{age + 9}" for age in range(0, 80, 10)} | {"80": "80 以上"}
SIZES = {"1": "1 人", "2": "2 人", "3": "3 人", "4": "4 人", "5": "5 人", "6": "6 人以上"}
INCOMES = {"0": "不满 500 元", "500": "500–999 元", "1000": "1000–1499 元", "1500": "1500–1999 元", "2000": "2000 元以上"}
MONTHS = {f"{month:02d}": f"{month} 月" for month in range(1, 13)}
QUARTERS = {str(quarter): f"第{word}季度" for quarter, word in enumerate("一二三四", 1)}
_YES_NO = {"1": "是", "0": "否"}
_GROUPS = {"urban": "困难职工", "migrant": "困难农民工"}
_ROLES = {"worker": "职工本人", "member": "家庭成员"}

FORM_FIELDS = (
    "hardship_category", "main_hardship_cause", "work_status", "is_migrant_worker", "model_worker_type", "housing_type",
    "industry", "marital_status", "hukou_type", "employer_type", "employer_condition", "is_single_parent",
    "is_zero_employment_household", "medical_insurance_status", "health_status", "disability_grade", "political_status",
)  # fmt: skip
"""Fields of the form that households are divided by, two of them before all others."""
_OF_THE_WORKER = frozenset({
    "work_status", "model_worker_type", "marital_status", "medical_insurance_status", "health_status", "disability_grade",
    "political_status",
})  # fmt: skip


def _listed(key: str, label: str, name: str) -> Dimension:
    return Dimension(key, label, {option.code: option.label for option in option_list(name).options})


def _of_form(key: str) -> Dimension:
    field = ARCHIVE_FORM.field(key)
    if field.kind is FieldKind.YES_NO:
        return Dimension(key, field.label, _YES_NO)
    assert field.options is not None
    return _listed(key, field.label, field.options)


_HOUSEHOLD = (
    _of_form("hardship_category"),
    _of_form("main_hardship_cause"),
    Dimension("standing", "档案状态", {str(code): label for code, label in STANDING_LABELS.items()}),
    Dimension("office", "单位", {}),
    *(_of_form(key) for key in FORM_FIELDS[2:]),
    Dimension("worker_sex", "职工性别", {"male": "男", "female": "女"}),
    Dimension("worker_age", "职工年龄", AGES, is_span=True),
    Dimension("household_size", "家庭人口", SIZES, is_span=True),
    Dimension("income", "家庭人均月收入", INCOMES, is_span=True),
    Dimension("filed_year", "建档年份", {}),
)
_PERSON = (
    Dimension("role", "职工或家人", _ROLES),
    _listed("sex", "性别", "sex"),
    Dimension("age", "年龄", AGES, is_span=True),
    Dimension("age_ten", "年龄（每 10 岁）", TENS, is_span=True),
    _listed("relation", "与职工关系", "relation_to_head"),
    _listed("health", "健康状况", "health_status"),
    _listed("identity", "家人身份", "member_identity"),
    _listed("insurance", "医保状况", "medical_insurance_status"),
)
_DAY = (
    Dimension("year", "年度", {}),
    Dimension("quarter", "季度", QUARTERS, is_span=True),
    Dimension("month", "月份", MONTHS, is_span=True),
)
_AID = (
    _listed("item", "救助项目", "aid_item"),
    _listed("fund_source", "资金来源", "fund_source"),
    Dimension("fund", "资金", {}),
    Dimension("programme", "活动", {}),
    Dimension("method", "发放方式", {str(code): label for code, label in METHODS.items()}),
    Dimension("giver", "发放单位", {}),
    Dimension("giver_level", "发放单位级别", LEVEL_LABELS),
    _listed("stage", "学段", "school_stage"),
    Dimension("group", "人员类别", _GROUPS),
)
_STUDENT = (
    _listed("stage", "学段", "school_stage"),
    _listed("student_kind", "学生类别", "student_kind"),
    _listed("regime", "资金办法", "student_regime"),
    _listed("route", "登记途径", "intake_route"),
    Dimension("full_time", "是否全日制", _YES_NO),
    Dimension("state_aid", "是否纳入国家资助", _YES_NO),
)
_GRADUATE = (
    _listed("employment", "就业状态", "employment_status"),
    _listed("education", "学历", "graduate_education"),
    Dimension("graduation_year", "毕业年份", {}),
    Dimension("wants_help", "是否需要帮扶就业", _YES_NO),
    Dimension("zero_employment", "是否零就业家庭", _YES_NO),
    Dimension("wants_business", "是否有创业意愿", _YES_NO),
    Dimension("state_employment_aid", "是否已纳入政府就业援助", _YES_NO),
)
_VISIT = (_listed("method", "联系方式", "visit_method"), _listed("purpose", "走访目的", "visit_purpose"))
_MONITORING = (
    Dimension("relapse", "是否建议返困", _YES_NO),
    Dimension("stable", "脱困成果是否稳定", _YES_NO),
    _listed("exit_reason", "脱困原因", "exit_reason"),
    Dimension("civil_affairs", "是否纳入民政兜底保障", _YES_NO),
    Dimension("work_secured", "就业是否有保障", _YES_NO),
    Dimension("medical_secured", "就医是否有保障", _YES_NO),
    Dimension("school_secured", "就学是否有保障", _YES_NO),
    Dimension("social_secured", "社保是否有保障", _YES_NO),
    Dimension("housing_secured", "住房是否有保障", _YES_NO),
)
_HOME = tuple(item for item in _HOUSEHOLD if item.key not in _OF_THE_WORKER and not item.key.startswith("worker_"))

DIMENSIONS: Mapping[Subject, Mapping[str, Dimension]] = {
    subject: {item.key: item for item in items}
    for subject, items in {
        Subject.HOUSEHOLDS: _HOUSEHOLD,
        Subject.PEOPLE: (*_PERSON, *_HOME),
        Subject.FILED: (*_DAY, *_HOUSEHOLD),
        Subject.EXITED: (*_DAY, *_HOUSEHOLD),
        Subject.AID: (*_AID, *_DAY, *_HOUSEHOLD),
        Subject.STUDENTS: (*_STUDENT, *_DAY, *_HOME),
        Subject.GRADUATES: (*_GRADUATE, *_HOME),
        Subject.VISITS: (*_VISIT, *_DAY, *_HOUSEHOLD),
        Subject.MONITORING: (*_MONITORING, *_DAY, *_HOUSEHOLD),
    }.items()
}
"""By what each subject may be divided, in the order of the choice."""


class Fold(StrEnum):
    """How values become one figure."""

    COUNT = "count"
    """How many different things."""
    SUM = "sum"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class CrossMeasure:
    """What stands in the cells; *meaning* says what exactly."""

    key: str
    label: str
    unit: str
    fold: Fold
    meaning: str

    @property
    def is_money(self) -> bool:
        """Whether it is an amount in 分."""
        return self.unit == "元"


def _count(key: str, label: str, unit: str, meaning: str) -> CrossMeasure:
    return CrossMeasure(key, label, unit, Fold.COUNT, meaning)


_FILED = "档案表的“建档时间”在期间里、已经建成档的户（还在申请的不算）；已合并、已转出、已销毁的不算。"
_HOUSEHOLDS_OF = _count("households", "户数", "户", "有多少户，一户在一格里只数一次。")

MEASURES: Mapping[Subject, Mapping[str, CrossMeasure]] = {
    subject: {item.key: item for item in items}
    for subject, items in {
        Subject.HOUSEHOLDS: (
            _count("households", "户数", "户", "有多少份档案；已合并、已转出、已销毁的不算。"),
            CrossMeasure("heads", "家庭人口", "人", Fold.SUM, "档案表里“家庭人口”相加；没有填的不算。"),
            CrossMeasure("mean_income", "家庭人均月收入的平均", "元", Fold.AVERAGE, "各户“家庭人均月收入”的平均；没有填的户不算。"),
        ),
        Subject.PEOPLE: (_count("people", "人数", "人", "职工本人和家庭成员；在两份档案里的人各算一次。"), _HOUSEHOLDS_OF),
        Subject.FILED: (_count("households", "户数", "户", _FILED),),
        Subject.EXITED: (_count("households", "户数", "户", "期间里脱困退出或注销、现在仍是如此的户。"),),
        Subject.AID: (
            CrossMeasure("money", "金额", "元", Fold.SUM, "期间里发放的金额，减去退回的。"),
            _count("grants", "笔数", "笔", "期间里发放的笔数；全部退回的不算。"),
            _count("households", "户数", "户", "得到发放的户，一户在一格里只数一次；全部退回的不算。"),
            _count("people", "人数", "人", "得到发放的人，按身份证号一人在一格里只数一次；全部退回的不算。"),
            CrossMeasure("mean_money", "笔均金额", "元", Fold.AVERAGE, "金额除以笔数；全部退回的不算。"),
        ),
        Subject.STUDENTS: (
            _count("people", "人数", "人", "期间里登记的学生，按身份证号一人在一格里只数一次。"),
            _HOUSEHOLDS_OF,
            CrossMeasure("wanted", "申请金额", "元", Fold.SUM, "登记时填的拟申请金额相加。"),
        ),
        Subject.GRADUATES: (_count("people", "人数", "人", "登记的毕业生，按身份证号一人在一格里只数一次。"), _HOUSEHOLDS_OF),
        Subject.VISITS: (
            _count("visits", "次数", "次", "期间里走访或联系了多少次。"),
            _count("households", "户数", "户", "期间里走访或联系过的户，一户在一格里只数一次。"),
        ),
        Subject.MONITORING: (_count("households", "户数", "户", "期间里填了动态监测记录表的户；一户几次的，按最后一次。"),),
    }.items()
}
"""What may stand in the cells, the usual one first."""

USUAL: Mapping[Subject, tuple[str, str]] = {
    Subject.HOUSEHOLDS: ("main_hardship_cause", "hardship_category"),
    Subject.PEOPLE: ("age", "sex"),
    Subject.FILED: ("month", "hardship_category"),
    Subject.EXITED: ("month", "standing"),
    Subject.AID: ("month", "item"),
    Subject.STUDENTS: ("stage", "student_kind"),
    Subject.GRADUATES: ("graduation_year", "employment"),
    Subject.VISITS: ("month", "method"),
    Subject.MONITORING: ("exit_reason", "relapse"),
}
"""Rows and columns to begin with."""
ON_FILE = ("standing", ("on_file", "phasing_out"))
"""Only households on file, those phasing out with them."""
