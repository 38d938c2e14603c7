"""退档审批表 and 注销审批表 (requirements §b.6, §e; S000-24, 31): why a household leaves, its figures then and now, three opinions."""

from collections.abc import Sequence

from db.domain.archive_content import ArchiveContent
from db.domain.option_lists import option_list
from db.domain.paper_layout import Amount, Entry, Ledger, LedgerColumn, Opinion, PaperLayout, Part, TextRow, ticked
from db.domain.papers.paper_subject import LEVELS, PaperSubject, form_words, heads, identity_rows, row

EXIT_TITLE = "困难职工退档审批表"
CANCEL_TITLE = "困难职工档案注销审批表"
_COMPARED = (
    LedgerColumn("项目", 50),
    LedgerColumn("建档时", 65),
    LedgerColumn("现在", 65),
)
_AMOUNTS = (
    ("annual_household_income", "家庭年度总收入（元）"),
    ("per_capita_monthly_income", "家庭月人均收入（元）"),
    ("monthly_income", "本人月平均收入（元）"),
)
_NO_EVIDENCE = "（应附收入证明、就业证明、核查比对结果等；没有依据不得退档。）"


def exit_approval(subject: PaperSubject) -> PaperLayout:
    """The form on which a household's closing (脱困退档) is approved."""
    parts: list[Part] = [
        *_household(subject),
        TextRow("退档原因", _boxes("exit_reason", subject.reason), 12.0),
        TextRow("入户核实", subject.visit, 12.0),
        TextRow("信息比对", subject.comparison, 12.0),
        TextRow("退档依据", _evidence(subject), 14.0),
        TextRow("集体研究", _met(subject), 12.0),
        TextRow("公示情况", subject.notice, 12.0),
        Opinion("职工本人意见", "本人已知道退档的原因和结果。　□ 同意　□ 不同意，理由：", "职工签字：", least=18.0),
        *_opinions(subject),
    ]
    return PaperLayout(EXIT_TITLE, heads(subject), tuple(parts), name=subject.shown("name") or EXIT_TITLE)


def cancel_approval(subject: PaperSubject) -> PaperLayout:
    """The form on which the cancelling (注销) of an archive is approved."""
    parts: list[Part] = [
        *_household(subject),
        TextRow("注销原因", _boxes("cancel_reason", subject.reason), 12.0),
        TextRow("情况说明", subject.reason_note, 24.0),
        TextRow("所附依据", "、".join(subject.evidence), 14.0),
        Opinion("经办人意见", "", "经办人签字：", least=22.0),
        *_opinions(subject),
    ]
    return PaperLayout(CANCEL_TITLE, heads(subject), tuple(parts), name=subject.shown("name") or CANCEL_TITLE)


def _household(subject: PaperSubject) -> Sequence[Part]:
    return (
        *identity_rows(subject),
        TextRow("家庭住址", subject.shown("home_address"), caption_width=22.0),
        row(
            ("困难类别", subject.class_words),
            ("致困原因", subject.shown("main_hardship_cause")),
            ("建档日期", subject.shown("filed_on")),
        ),
        Ledger("家庭经济情况", _COMPARED, _compared(subject)),
    )


def _compared(subject: PaperSubject) -> list[list[Entry]]:
    rows: list[list[Entry]] = [["家庭人口（人）", _size(subject.before), subject.household_size]]
    for key, words in _AMOUNTS:
        before = subject.before.values.get(key) if subject.before else None
        rows.append([words, Amount(before if isinstance(before, int) else None), subject.amount(key)])
    then = form_words(subject.before, "work_status") if subject.before else ""
    return [*rows, ["工作状态", then, subject.shown("work_status")]]


def _size(content: ArchiveContent | None) -> Entry:
    size = content.values.get("household_size") if content else None
    return size if isinstance(size, int) else None


def _boxes(options: str, chosen: str) -> str:
    return ticked([(option.code, option.label) for option in option_list(options).current()], chosen or None)


def _evidence(subject: PaperSubject) -> str:
    if subject.evidence:
        return "、".join(subject.evidence)
    return _NO_EVIDENCE if not subject.content.values else ""


def _met(subject: PaperSubject) -> str:
    met = subject.meeting
    return f"{met.on}，参加人员：{met.present}。意见：{met.opinion}" if met else ""


def _opinions(subject: PaperSubject) -> list[Part]:
    return [Opinion(words.replace("\n（含公示结果）", ""), subject.opinions.get(code, ""), least=23.0) for code, words in LEVELS]
