"""A cadre who looks after a household (一帮一结对; S000-30, S003-04), and the register of cadres.

A pairing keeps what was known of the cadre when it was made, so that it can be read wherever the archive travels.
"""

from collections.abc import Iterator

from db.domain.field_makers import STAR, choice, day, long_text, phone, text, yes_no
from db.domain.form_schema import Section
from db.domain.option_lists import option_list
from db.domain.records.record_form import RecordContent, RecordForm, RecordKind
from db.domain.validation import Problem, problem

MAIN, HELPER = "main", "helper"
LEFT, EXCHANGED, EXITED = "left", "exchanged", "exited"
SETTLED = frozenset({"cadre_id", "cadre_name", "cadre_unit", "cadre_post", "cadre_phone", "is_leader", "role", "since"})
"""Fields of a pairing that are settled when it begins."""


def _pairing_line(content: RecordContent) -> str:
    role = option_list("pairing_role").label(content.text("role"))
    until = f"，{content.text('until')} 结束" if content.text("until") else ""
    return f"{content.text('since')} 起由{content.text('cadre_unit')}{content.text('cadre_name')}结对（{role}）{until}"


def _check_pairing(content: RecordContent, _today: str) -> Iterator[Problem]:
    since, until = content.text("since"), content.text("until")
    if until and since and until < since:
        yield problem("ends_before_begin", "until", day=since)
    if until and not content.text("end_reason"):
        yield problem("pairing_end_reason", "end_reason")
    if content.text("end_reason") and not until:
        yield problem("pairing_end_day", "until")


PAIRING = RecordForm(
    kind=RecordKind.PAIRING,
    title="结对帮扶",
    edition="pairing-1",
    day="since",
    ends="until",
    subject="cadre_id",
    line=_pairing_line,
    check=_check_pairing,
    sections=(
        Section(
            key="pairing",
            title="结对帮扶",
            fields=(
                text("cadre_id", "帮扶干部编号", required=STAR),
                text("cadre_name", "帮扶干部", required=STAR),
                text("cadre_unit", "单位"),
                text("cadre_post", "职务"),
                phone("cadre_phone", "联系电话"),
                yes_no("is_leader", "是否领导干部"),
                choice("role", "结对角色", "pairing_role", required=STAR),
                day("since", "结对日期", required=STAR),
                day("until", "结束日期", may_lie_ahead=True),
                choice("end_reason", "结束原因", "pairing_end"),
                long_text("note", "说明"),
            ),
        ),
    ),
)



def _check_cadre(content: RecordContent, _today: str) -> Iterator[Problem]:
    since, left = content.text("since"), content.text("left_on")
    if since and left and left < since:
        yield problem("ends_before_begin", "left_on", day=since)


CADRE = RecordForm(
    kind=RecordKind.CADRE,
    title="帮扶干部",
    edition="cadre-1",
    day="since",
    ends="left_on",
    of_archive=False,
    line=lambda content: f"{content.text('unit')}{content.text('name')} {content.text('post')}".strip(),
    check=_check_cadre,
    sections=(
        Section(
            key="cadre",
            title="帮扶干部",
            fields=(
                text("name", "姓名", required=STAR, limit=30),
                text("unit", "单位", required=STAR),
                text("post", "职务"),
                phone("phone", "联系电话", required=STAR),
                yes_no("is_leader", "是否领导干部", required=STAR, help="主要领导和分管领导选“是”。"),
                day("since", "开始承担结对"),
                day("left_on", "离任日期"),
                text("left_reason", "离任原因"),
            ),
        ),
    ),
)
