"""企业调查表 (S000-06): how an enterprise fares, what its workers earn and need, whether it has households to be filed."""

from db.domain.paper_layout import Band, Cell, HeadEntry, PaperLayout, Part, Signatures, TextRow, ticked
from db.domain.records.monitoring import ENTERPRISE
from db.domain.records.record_form import RecordContent

TITLE = "企业生产经营和职工需求调查表"
_TEXTS = (("operating_state", 30.0), ("worker_income", 24.0), ("worker_needs", 30.0))


def enterprise_layout(content: RecordContent | None, office_name: str) -> PaperLayout:
    """The sheet of an enterprise; None makes the blank."""

    def words(key: str) -> str:
        return ENTERPRISE.words(content, key) if content is not None and content.values.get(key) is not None else ""

    def label(key: str) -> str:
        return ENTERPRISE.by_key[key].label

    answer = content.values.get("has_households_to_file") if content is not None else None
    filed = {True: "yes", False: "no"}.get(answer) if isinstance(answer, bool) else None
    number = words("households_to_file") or "　　"
    parts: tuple[Part, ...] = (
        Band((Cell(label("name"), words("name"), value_width=94), Cell("调查日期", words("surveyed_on")))),
        Band((Cell(label("industry"), words("industry"), value_width=94), Cell("职工人数（人）", words("workers")))),
        Band((Cell(label("contact"), words("contact"), value_width=64), Cell(label("phone"), words("phone"), value_width=64))),
        *(TextRow(label(key), words(key), least=least) for key, least in _TEXTS),
        TextRow("有没有需要\n建档的家庭", f"{ticked((('yes', '有'), ('no', '没有')), filed)}　　需要建档 {number} 户", least=10),
        TextRow(label("note"), words("note"), least=16),
        Signatures(("调查人：", "企业联系人：")),
    )
    heads = (HeadEntry("调查单位：", office_name, 110),)
    return PaperLayout(TITLE, heads, parts, name=words("name") or "空白表")
