"""The 梧州 form of source 002, cell by cell."""

from collections.abc import Iterable, Sequence

from db.domain.wide_table import WideColumn, WideTable

_FAMILY, _STUDENT = "被资助对象家庭情况", "被资助学生情况"
STUDENT_COLUMNS = (
    WideColumn("困难职工优惠证编号", 22, (_FAMILY,)),
    WideColumn("家长姓名", 16, (_FAMILY,)),
    WideColumn("与被资助学生关系", 16, (_FAMILY,)),
    WideColumn("困难原因", 26, (_FAMILY,), "left"),
    WideColumn("家庭年人均收入", 18, (_FAMILY,)),
    WideColumn("身份证号码", 34, (_FAMILY,)),
    WideColumn("联系电话", 23, (_FAMILY,)),
    WideColumn("学生姓名", 16, (_STUDENT,)),
    WideColumn("性别", 10, (_STUDENT,)),
    WideColumn("年龄", 10, (_STUDENT,)),
    WideColumn("学生身份证号码", 34, (_STUDENT,)),
    WideColumn("何时被何学校录取", 38, (_STUDENT,), "left"),
)
_NOTES = (
    "一、大学、高中新生请提交录取通知书原件（审核后退回）、复印件。",
    "二、历届生请提交成绩单（或其他证明仍在读的资料）。",
    "三、申报的困难职工请填写困难职工档案。",
    "四、惠工卡复印件。",
)
STUDENT_TITLE = "申请金秋助学困难职工子女情况登记表"
_PARENT = {"male": "父", "female": "母"}
_CHILDREN = {"儿子": "子", "子": "子", "长子": "子", "次子": "子", "女儿": "女", "女": "女", "长女": "女", "次女": "女"}


def parent_relation(child_is: str, parent_sex: str | None) -> str:
    """What the parent is to the student, from what the student is to the parent: 儿子 of a mother makes 母子."""
    parent, child = _PARENT.get(parent_sex or ""), _CHILDREN.get(child_is.strip())
    if parent and child:
        return parent + child
    return "祖孙" if child_is.strip() in {"孙子女", "孙子", "孙女", "外孙", "外孙女"} else child_is


def student_table(
    unit: str, day: str, rows: Iterable[Sequence[str]], filler: str = "", phone: str = ""
) -> WideTable:
    """The 梧州 form (S002-10); *rows* in the order of its columns."""
    listed = [list(row) for row in rows]
    year, _, rest = day.partition("-")
    month, _, date = rest.partition("-")
    on = f"{year}年 {int(month)} 月 {int(date)} 日" if day else "　　　　年　　月　　日"
    return WideTable(
        STUDENT_TITLE,
        STUDENT_COLUMNS,
        listed,
        heads=(("单位：", unit), ("", on)),
        foot="\n".join([f"填表人：{filler or '　　　　　　'}　　　　　　　　联系电话：{phone or '　　　　　　　　'}", *_NOTES]),
        blank_rows=0 if listed else 14,
    )
