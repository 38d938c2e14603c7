"""Third-party evaluation (S003-06): the sample that was drawn, and what was found in each household of it.

Both are entries of a register, for the county draws from archives that are the townships'. They do not go down: who
is evaluated is not told beforehand whom. They hold numbers of archives and answers, nobody's name.
"""

from collections.abc import Iterator

from db.domain.field_makers import STAR, choice, count, day, long_text, text, yes_no
from db.domain.form_schema import FieldSpec, Section, WhenOneOf
from db.domain.option_lists import option_list
from db.domain.records.record_form import MOST_ROWS, RecordContent, RecordForm, RecordKind, Row
from db.domain.validation import Problem, problem

GROUPS = ("on_file", "not_on_file", "exited")
"""Groups that are drawn from, in the order of the sheets."""
SIZES = {group: f"size_{group}" for group in GROUPS}
"""By group, the field with how many are wanted."""
LISTED = {group: f"listed_{group}" for group in GROUPS}
"""By group, the field with how many the list had."""
LONGEST_SEED = 40
ON_FILE = WhenOneOf("group", frozenset({"on_file"}), "在档的")
NOT_ON_FILE = WhenOneOf("group", frozenset({"not_on_file"}), "未建档的")
EXITED = WhenOneOf("group", frozenset({"exited"}), "已退档的")
HELPED = WhenOneOf("group", frozenset({"on_file", "exited"}), "在档、已退档的")
NOT_REACHED = WhenOneOf("reached", frozenset({False}), "没有见到人时")


def _evaluation_check(content: RecordContent, _today: str) -> Iterator[Problem]:
    sizes = [content.values.get(key) for key in SIZES.values()]
    wanted = sum(size for size in sizes if isinstance(size, int))
    if not wanted:
        yield problem("evaluation_size", SIZES["on_file"])
    if wanted > MOST_ROWS:
        yield problem("evaluation_too_many", SIZES["on_file"], limit=MOST_ROWS)
    if "|" in content.text("seed"):
        yield problem("evaluation_seed", "seed")


def _evaluation_line(content: RecordContent) -> str:
    return f"{content.text('title')}，种子 {content.text('seed')}，抽出 {len(content.rows.get('sample', []))} 户"


EVALUATION = RecordForm(
    kind=RecordKind.EVALUATION,
    title="第三方评估抽样",
    edition="evaluation-1",
    day="drawn_on",
    of_archive=False,
    line=_evaluation_line,
    check=_evaluation_check,
    sections=(
        Section(
            key="evaluation",
            title="评估",
            fields=(
                text("title", "评估名称", required=STAR),
                text("evaluator", "评估机构"),
                text("basis", "依据文件"),
                text("seed", "抽样种子", required=STAR, limit=LONGEST_SEED,
                     help="同样的种子抽出同样的户。最好由评估机构当场报一个数，或当众掷骰子、摇号得出，抽样以后不能改。"),
                count(SIZES["on_file"], "在档抽多少户", unit="户", help="在档和渐退期的困难职工，查错评、漏退。"),
                count(SIZES["not_on_file"], "未建档抽多少户", unit="户",
                      help="摸底线索、申请办理中、不符合、临时救助、放弃申请的，查漏评。"),
                count(SIZES["exited"], "已退档抽多少户", unit="户", help="脱困退档的，查错退。"),
                day("exited_since", "已退档的只抽这天以后", help="不填，不论什么时候退档的都抽。"),
                long_text("note", "备注"),
            ),
        ),
        Section(
            key="drawn",
            title="抽样结果",
            fields=(
                day("drawn_on", "抽样日期", required=STAR),
                count("draw_number", "本单位第几次抽样"),
                *(count(key, f"{option_list('evaluation_group').label(group)}共有", unit="户") for group, key in LISTED.items()),
                text("frame_print", "名单指纹"),
            ),
        ),
        Section(
            key="sample",
            title="抽出的户",
            repeats=True,
            fields=(
                choice("group", "组", "evaluation_group", required=STAR),
                count("place", "序号", required=STAR),
                text("archive_id", "档案", required=STAR),
                text("archive_number", "档案编号", required=STAR),
            ),
        ),
    ),
)
WRITTEN_BY_DRAWING = ("drawn_on", "draw_number", *LISTED.values(), "frame_print")
"""Fields of :data:`EVALUATION` that nobody types."""

FINDINGS = (
    "qualified_at_filing", "should_exit", "should_be_filed", "still_qualifies", "paired", "aid_fits", "measures_planned",
    "measures_done", "satisfied", "knows_policy", "papers_complete",
)  # fmt: skip
"""Answers of a check that rates are made from."""


def _check_check(content: RecordContent, _today: str) -> Iterator[Problem]:
    planned, done = content.values.get("measures_planned"), content.values.get("measures_done")
    if isinstance(done, int) and done > (planned if isinstance(planned, int) else 0):
        yield problem("evaluation_measures", "measures_done")
    found = set(FINDINGS) - {"measures_planned"}
    if content.values.get("reached") is True and not any(content.values.get(key) is not None for key in found):
        yield problem("evaluation_empty", "reached")


def _check_line(content: RecordContent) -> str:
    met = "" if content.values.get("reached") is True else "，没有见到人"
    return f"{content.text('checked_on')} 核查 {content.text('archive_number')}{met}"


EVALUATION_CHECK = RecordForm(
    kind=RecordKind.EVALUATION_CHECK,
    title="评估核查表",
    edition="evaluation-check-1",
    day="checked_on",
    subject="evaluation_id",
    of_archive=False,
    line=_check_line,
    check=_check_check,
    sections=(
        Section(
            key="household",
            title="核查",
            fields=(
                text("evaluation_id", "评估", required=STAR),
                text("archive_id", "档案", required=STAR),
                text("archive_number", "档案编号", required=STAR),
                choice("group", "组", "evaluation_group", required=STAR),
                day("checked_on", "核查日期", required=STAR),
                text("checkers", "核查人", required=STAR),
                yes_no("reached", "是否见到本人或家人", required=STAR),
                text("not_reached_reason", "没有见到的原因", required=NOT_REACHED, shown=NOT_REACHED),
            ),
        ),
        Section(
            key="findings",
            title="核查结果",
            hint="没有查清的空着，不算进比率。",
            fields=(
                yes_no("qualified_at_filing", "建档时是否符合条件", shown=ON_FILE, help="不符合的算错评。"),
                yes_no("should_exit", "现在是否应退档而没有退", shown=ON_FILE, help="是的算漏退。"),
                yes_no("should_be_filed", "是否符合条件而没有建档", shown=NOT_ON_FILE, help="是的算漏评。"),
                yes_no("still_qualifies", "退档时是否仍符合条件", shown=EXITED, help="是的算错退。"),
                yes_no("paired", "是否有干部结对帮扶", shown=ON_FILE, help="问家里人：谁在联系你们、多久来一次。"),
                yes_no("aid_fits", "得到的帮扶是否对着致困原因", shown=HELPED, help="没有得到过帮扶的空着。"),
                count("measures_planned", "计划的帮扶措施", unit="项", shown=ON_FILE),
                count("measures_done", "其中已落实", unit="项", shown=ON_FILE),
                choice("satisfied", "对帮扶工作", "evaluation_satisfaction", shown=HELPED),
                yes_no("knows_policy", "是否知道帮扶政策"),
                yes_no("papers_complete", "档案材料是否齐全", shown=HELPED),
                text("missing_papers", "缺的材料", shown=WhenOneOf("papers_complete", frozenset({False}), "不齐全时")),
                long_text("note", "其他情况"),
            ),
        ),
    ),
)


def asked_of(group: str) -> tuple[FieldSpec, ...]:
    """The fields of a check that can be asked of a household of *group*, whatever is answered to the others."""
    answers: Row = {"group": group, "reached": False}
    told = {spec.key for spec in EVALUATION_CHECK.fields if spec.shown.holds(answers)}
    more = {"missing_papers"} if "papers_complete" in told else set[str]()
    return tuple(spec for spec in EVALUATION_CHECK.fields if spec.key in told | more)
