"""附件2 of source 000 with its 20 columns, cell by cell, from the records of graduates."""

from collections.abc import Sequence

from db.domain.employment import turns
from db.domain.option_lists import option_list
from db.domain.records.graduates import NO_SKILL
from db.domain.records.record_form import RecordContent
from db.domain.wide_table import WideColumn, WideTable

_BASICS, _RESUME, _SERVICE = "就业基本情况", "困难职工家庭高校毕业生信息（生成基本简历）", "就业服务情况"
_STATUS, _WISH = (_BASICS, "就业状态"), (_RESUME, "就业意向")
TICK = "√"

GRADUATE_COLUMNS = (
    WideColumn("姓名", 13, (_BASICS,)),
    # the print of the source has it under 就业状态; it is a column of its own (S000-11)
    WideColumn("身份证号", 22, (_BASICS,)),
    WideColumn("已就业或升学", 10, _STATUS),
    WideColumn("未就业", 9, _STATUS),
    WideColumn("无就业意愿", 10, _STATUS),
    WideColumn("生源地", 13, (_RESUME,)),
    WideColumn("毕业年份", 9.5, (_RESUME,)),
    WideColumn("学校", 18, (_RESUME,)),
    WideColumn("学历", 10, (_RESUME,)),
    WideColumn("专业", 15, (_RESUME,)),
    WideColumn("专业技能等级 (没有填无)", 12, (_RESUME,)),
    WideColumn("学校所在地", 12, (_RESUME,)),
    WideColumn("地点", 11, _WISH),
    WideColumn("岗位", 11, _WISH),
    WideColumn("薪资期待", 11, _WISH),
    WideColumn("联系方式", 17, (_RESUME,)),
    WideColumn("责任单位", 15, (_SERVICE,)),
    WideColumn("责任人及联系方式", 17, (_SERVICE,)),
    WideColumn("服务措施内容", 18, (_SERVICE,), "left"),
    WideColumn("服务结果", 14, (_SERVICE,), "left"),
)
GRADUATE_TITLE = "困难职工家庭高校毕业生就业服务实名制档案表"


def graduate_row(content: RecordContent) -> list[str]:
    """The 20 entries of one graduate."""
    values, status = content, content.text("employment_status")
    ticks = [TICK if status == code else "" for code in ("employed", "unemployed", "unwilling")]
    services = content.text("service_content") or "；".join(_done(content))
    return [
        values.text("name"),
        values.text("id_number"),
        *ticks,
        values.text("origin"),
        values.text("graduation_year"),
        values.text("school"),
        option_list("graduate_education").label(values.text("education")) if values.text("education") else "",
        values.text("major"),
        values.text("skill_level") or NO_SKILL,
        values.text("school_place"),
        values.text("wish_place"),
        values.text("wish_post"),
        values.text("wish_salary"),
        values.text("phone"),
        values.text("responsible_unit"),
        values.text("responsible"),
        services,
        values.text("service_result") or _outcome(content),
    ]


def _done(content: RecordContent) -> list[str]:
    """What was done, by its days; asking how somebody fares at work among it."""
    kinds = option_list("graduate_service")
    told = [(str(row.get("on_day")), str(row.get("kind"))) for row in content.rows.get("services", [])]
    told += [(str(row.get("on_day")), "follow_up") for row in content.rows.get("follow_ups", [])]
    return [f"{on_day} {kinds.label(kind)}" for on_day, kind in sorted(told, key=lambda pair: pair[0])]


def _outcome(content: RecordContent) -> str:
    """What came of it so far: the last line that changed the status."""
    told = turns(content)[-1:]
    return "".join(f"{turn.on_day} {option_list('employment_stage').label(turn.stage)}" + (f"，{turn.words}" if turn.words else "")
                   for turn in told)  # fmt: skip


def graduate_table(contents: Sequence[RecordContent]) -> WideTable:
    """附件2; without graduates the blank form."""
    return WideTable(
        GRADUATE_TITLE,
        GRADUATE_COLUMNS,
        [graduate_row(content) for content in contents],
        annex="附件 2",
        numbered=True,
        blank_rows=0 if contents else 12,
    )
