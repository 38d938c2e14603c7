"""The columns of the flat layout: the 42 household columns of the 2017 import, member groups, then all the rest.

The order and the captions of the first part are those unions already have in their files (requirements b.5). What
the form has beyond them follows, so that an export read back loses nothing.
"""

from dataclasses import dataclass

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.form_schema import FieldKind, FieldSpec, LegacyCaption
from db.exchange.workbook_captions import fold_caption, member_words, worker_words

HOUSEHOLD_CAPTIONS = (
    "编号", "困难类别", "姓名", "民族", "性别", "政治面貌", "身份证号", "出生日期", "健康状况", "残疾类别", "工作状态",
    "劳模类型", "住房类型", "建筑面积", "手机号码", "其他联系方式", "邮政编码", "工作时间", "所属行业", "婚姻状态", "户口类型",
    "家庭住址", "工作单位", "单位性质", "企业状态", "是否单亲", "本人月平均收入", "家庭年度总收入", "家庭人口", "家庭月人均收入",
    "户口所在地", "是否进入医保", "是否有一定自救能力", "是否为零就业家庭", "主要致困原因", "开户银行", "支行名称", "银行卡号",
    "建档人", "审核人", "录入人", "建档日期",
)  # fmt: skip
MEMBER_CAPTIONS = ("姓名", "关系", "性别", "政治面貌", "身份证号", "健康状况", "月收入", "身份", "单位或学校")
MEMBER_GROUPS = 5
_WIDTHS = {
    FieldKind.TEXT: 18,
    FieldKind.LONG_TEXT: 30,
    FieldKind.NAME: 11,
    FieldKind.ID_NUMBER: 21,
    FieldKind.BANK_ACCOUNT: 22,
    FieldKind.PHONE: 13,
    FieldKind.CONTACT: 15,
    FieldKind.DATE: 12,
    FieldKind.MONEY: 13,
    FieldKind.AREA: 10,
    FieldKind.COUNT: 9,
    FieldKind.CHOICE: 13,
    FieldKind.MULTI_CHOICE: 30,
    FieldKind.YES_NO: 10,
    FieldKind.REGION: 12,
    FieldKind.POSTAL_CODE: 10,
}


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """One column: its caption, the field, the member it belongs to (0: the worker), the older caption's answers."""

    caption: str
    spec: FieldSpec
    number: int = 0
    legacy: LegacyCaption | None = None

    @property
    def width(self) -> int:
        """Width in characters that shows the usual value and the caption on at most two lines."""
        wanted = 34 if self.spec.key == "home_address" else _WIDTHS[self.spec.kind]
        return max(wanted, len(self.caption) + 2 if len(self.caption) > 6 else 9)


def _worker_column(caption: str) -> FlatColumn:
    word = worker_words()[fold_caption(caption)]
    return FlatColumn(caption, ARCHIVE_FORM.field(word.key), 0, word.legacy)


def _member_column(number: int, caption: str) -> FlatColumn:
    spec = ARCHIVE_FORM.member_field(member_words()[fold_caption(caption)].key)
    return FlatColumn(f"家庭成员{number}{caption}", spec, number)


def household_columns() -> list[FlatColumn]:
    """The 42 columns."""
    return [_worker_column(caption) for caption in HOUSEHOLD_CAPTIONS]


def member_columns(groups: int) -> list[FlatColumn]:
    """Nine columns for each of *groups* members."""
    return [_member_column(number, caption) for number in range(1, groups + 1) for caption in MEMBER_CAPTIONS]


def further_columns(groups: int) -> list[FlatColumn]:
    """Household fields without a column of their own so far, then what the member groups leave out."""
    present = {column.spec.key for column in household_columns() if column.legacy is None}
    columns = [FlatColumn(spec.label, spec) for spec in ARCHIVE_FORM.worker_fields if spec.key not in present]
    shown = {column.spec.key for column in member_columns(1)}
    rest = [spec for spec in ARCHIVE_FORM.member_fields if spec.key not in shown]
    for number in range(1, groups + 1):
        columns += [FlatColumn(f"家庭成员{number}{spec.label}", spec, number) for spec in rest]
    return columns


def flat_columns(groups: int) -> list[FlatColumn]:
    """Every column of the flat export, with as many member groups as are needed (at least five)."""
    groups = max(groups, MEMBER_GROUPS)
    return household_columns() + member_columns(groups) + further_columns(groups)
