"""困难职工认定说明: a stored assessment in sentences – result, figures, documents, decision – for the household's file."""

from dataclasses import dataclass, field

from db.domain.policy.assessment import OUTCOME_LABELS, Assessment
from db.domain.policy.explanation import Sentence, explain
from db.printing.pdf_kit import Drawing
from db.printing.ruled_sheet import Head, Pair, RuledSheet, sheet_pdf

TITLE = "困难职工认定说明"
_MARKS = {"passed": "√", "failed": "×", "unknown": "？"}
_FOOT = "按所填资料和所列政策版本算出，供集体研究；资料或政策变化后须重新认定。"


@dataclass(frozen=True, slots=True)
class DecisionPrint:
    """What was decided, in words; all empty while nothing is."""

    result: str = ""
    reason: str = ""
    decided_on: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentPrint:
    """One stored assessment with what the heading needs."""

    assessment: Assessment
    name: str
    id_number: str = ""
    archive_number: str = ""
    office_name: str = ""
    made_at: str = ""
    made_by: str = ""
    decision: DecisionPrint = DecisionPrint()


def result_words(assessment: Assessment, class_code: str | None, level: str | None) -> str:
    """A class with its level, in words."""
    found = assessment.class_result(class_code)
    if found is None:
        return ""
    label = found.level_label if level in (None, found.level) else _level_label(assessment, level)
    return f"{found.label}（{label}）" if label and label not in found.label else found.label


def _level_label(assessment: Assessment, level: str | None) -> str:
    return next((item.level_label for item in assessment.classes if item.level == level), level or "")


def compose_assessment(item: AssessmentPrint) -> list[Drawing]:
    """The pages in order."""
    found = item.assessment
    heads = (Head("认定单位：", item.office_name, 110), Head("档案编号：", item.archive_number, 70))
    sheet = RuledSheet(TITLE, heads, size=9.5, foot=_FOOT)
    sheet.band((Pair("职工姓名", item.name, 24, 46), Pair("身份证号", item.id_number, 24, 86)))
    sheet.band(
        (
            Pair("认定日期", found.on, 24, 46),
            Pair("收入年度", f"{found.year} 年", 24, 30),
            Pair("家庭人口", f"{found.household_size} 人", 24, 32),
        )
    )
    version = f"《{found.policy_title}》版本 {found.policy_version}（指纹 {found.policy_sha256[:12]}）"
    sheet.text_row("政策", version, caption_width=24)
    sheet.text_row("认定结果", _result(found), caption_width=24, least=10)
    _decision(sheet, item.decision)
    documents = _reasons(sheet, found)
    sheet.text_row("所依据的文件", "\n".join(documents.lines()), caption_width=24)
    edition = f"　表样 {found.form_edition}" if found.form_edition else ""
    sheet.text_row("计算", f"{item.made_at[:16].replace('T', ' ')}　{item.made_by}{edition}", caption_width=24)
    sheet.signatures(("经办人签字：", "审核人签字："), height=13)
    sheet.signatures(("职工本人已阅：", "单位（盖章）："), height=15)
    return sheet.finish()


def _result(found: Assessment) -> str:
    words = result_words(found, found.suggested_class, found.suggested_level)
    recheck = f"；建议 {found.recheck_on} 再核对" if found.recheck_on else ""
    return OUTCOME_LABELS[found.outcome] + (f"：{words}" if words else "") + recheck


def _decision(sheet: RuledSheet, decision: DecisionPrint) -> None:
    if not decision.result:
        sheet.text_row("决定", "", caption_width=24, least=12)
        return
    reason = f"\n理由：{decision.reason}" if decision.reason else ""
    signed = f"\n{decision.decided_on}　{decision.decided_by}"
    sheet.text_row("决定", f"{decision.result}{reason}{signed}", caption_width=24, least=12)


def _reasons(sheet: RuledSheet, found: Assessment) -> "_Documents":
    documents = _Documents()
    sheet.heading("计算和理由（√ 满足　× 不满足　？ 还不能判断）")
    sheet.space(1)
    for paragraph in explain(found):
        if paragraph.title:
            sheet.paragraph_title(paragraph.title)
        sheet.paragraphs((_line(sentence, documents) for sentence in paragraph.sentences), gap=0.5, hanging="√ ")
        sheet.space(0.8)
    sheet.rule()
    return documents


def _line(sentence: Sentence, documents: "_Documents") -> str:
    """A sentence with its mark, and the number of the document with the clause behind it."""
    cited = f"〔{documents.cite(sentence.citation)}〕" if sentence.citation else ""
    return f"{_MARKS.get(sentence.tone, '　')} {sentence.text}{cited}"


@dataclass
class _Documents:
    """The documents cited, numbered in the order of their first citation."""

    numbers: dict[str, int] = field(default_factory=dict)

    def cite(self, citation: str) -> str:
        """Number and clause of a citation ``《…》（文号）第…条``."""
        document, clause = split_citation(citation)
        if not document:
            return clause
        number = self.numbers.setdefault(document, len(self.numbers) + 1)
        return f"{number}·{clause}" if clause else str(number)

    def lines(self) -> list[str]:
        """The list at the foot."""
        return [f"〔{number}〕{document}" for document, number in self.numbers.items()]


def split_citation(citation: str) -> tuple[str, str]:
    """Document with its number, and the clause; no document where none is named."""
    title, mark, clause = citation.rpartition("》")
    if not mark:
        return "", citation
    number = ""
    if clause.startswith("（") and ("〔" in clause.partition("）")[0] or "号" in clause.partition("）")[0]):
        number, _, clause = clause.partition("）")
        number += "）"
    return f"{title}》{number}", clause


def assessment_pdf(item: AssessmentPrint) -> bytes:
    """The explanation of one assessment."""
    return sheet_pdf(TITLE, compose_assessment(item))
