"""《帮扶救助申请家庭经济状况核对承诺授权书》: truth pledge and consent to the check, signed by every adult of a household."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO

from db.domain.archive_content import ArchiveContent
from db.errors import Progress
from db.printing.means_values import MeansPrint, Person, people_of
from db.printing.pdf_kit import Drawing
from db.printing.ruled_sheet import Column, Head, Pair, RuledSheet, sheet_pdf, write_sheets

TITLE = "帮扶救助申请家庭经济状况核对承诺授权书"
_PLEDGE = (
    "因申请工会困难职工建档和帮扶救助，本人及共同生活的家庭成员作出以下承诺和授权：",
    "一、如实承诺。所填家庭人员、收入、支出、住房、车辆、经营和存款等情况及所交材料全部真实、完整，没有隐瞒、虚报、"
    "伪造。情况有变化的，自变化之日起及时告知受理的工会。",
    "二、授权核对。同意受理工会及其上级工会，为办理这次申请和建档后的动态核查，向有关部门和机构查询、核对下列信息，"
    "并同意这些部门和机构提供：",
)
_AFTER = (
    "三、知情。已知道核对结果与申报不一致的，工会可以不予建档、停止帮扶；骗取救助的，退回所得款物，并承担相应责任。",
    "四、保密和期限。查询所得只用于困难职工帮扶，工会应当保密。本授权自签字之日起生效，至帮扶终止、档案注销之日为止；"
    "中途撤回的，须书面告知受理的工会，已经完成的核对不受影响。",
    "五、签字。家庭中年满十八周岁的成员都要本人签字或按指印；未成年人、无民事行为能力人由监护人代签，并注明“代”。",
)
SCOPE = (
    ("户籍", "户口登记、家庭成员关系"),
    ("社保", "养老、医疗、失业等社会保险的参保和待遇"),
    ("工商", "企业、个体工商户的登记和股权"),
    ("房产", "房屋等不动产的登记和交易"),
    ("车辆", "机动车、船舶、工程和农用机械的登记"),
    ("存款", "银行存款、证券等金融资产"),
)
_SIGNERS = (
    Column("序号", 10),
    Column("姓名", 24),
    Column("与户主关系", 20),
    Column("身份证号", 44),
    Column("本人签字（指印）", 50),
    Column("日期", 32),
)
_BLANK_SIGNERS = 7
_BY_GUARDIAN = "（监护人代签）　　　　　　　　"


def compose_consent(item: MeansPrint, on: date | None, *, blank: bool = False) -> list[Drawing]:
    """The pages for one household; *on* decides who is of age."""
    heads = (Head("受理单位：", item.office_name, 110), Head("档案编号：", item.archive_number, 70))
    sheet = RuledSheet(TITLE, heads, size=10.0, foot="签字应当面进行。本书一式两份，一份随困难职工档案，一份交核对单位。")
    people = people_of(item.content, item.means)
    worker = people[0]
    sheet.band(
        (Pair("申请人", worker.name, 22, 40), Pair("身份证号", worker.text("id_number"), 22, 96)), least=9
    )
    sheet.band(
        (
            Pair("手机号码", worker.text("mobile_phone"), 22, 40),
            Pair("家庭住址", worker.text("home_address"), 22, 96),
        ),
        least=9,
    )
    sheet.space(2)
    sheet.paragraphs(_PLEDGE, size=10.5, indent=True)
    sheet.space(1)
    sheet.rule()
    for name, words in SCOPE:
        sheet.text_row(name, words, caption_width=22, least=7)
    sheet.space(2)
    sheet.paragraphs(_AFTER, size=10.5, indent=True)
    sheet.space(1)
    sheet.rule()
    signers = [] if blank or on is None else _signers(people, on)
    sheet.ledger("申请人和家庭成员签字", _SIGNERS, signers, blank=_BLANK_SIGNERS if blank else 0, row_height=10)
    sheet.signatures(("见证人（入户调查人员）签字：", "受理单位（盖章）："), height=16)
    return sheet.finish()


def _signers(people: Sequence[Person], on: date) -> list[list[str]]:
    """Adults, worker first, and whose birth is not known; then the minors, for whom a guardian signs."""
    adults = [person for person in people if person.is_adult(on) is not False]
    minors = [person for person in people if person.is_adult(on) is False]
    signers = [(person, "") for person in adults] + [(person, _BY_GUARDIAN) for person in minors]
    return [
        [str(number), person.name, person.relation, person.text("id_number"), signs, ""]
        for number, (person, signs) in enumerate(signers, 1)
    ]


def consent_pdf(item: MeansPrint, on: date) -> bytes:
    """The sheet of one household, to be signed on *on*."""
    return sheet_pdf(TITLE, compose_consent(item, on))


def consent_batch_pdf(
    items: Iterable[MeansPrint], on: date, out: BinaryIO, progress: Progress | None = None, total: int = 0
) -> int:
    """The sheets of several households as one PDF; the number of pages."""

    def composed() -> Iterable[list[Drawing]]:
        for done, item in enumerate(items, 1):
            yield compose_consent(item, on)
            if progress is not None:
                progress(done, max(total, done))

    return write_sheets(out, TITLE, composed())


def blank_consent_pdf() -> bytes:
    """The sheet for filling in by hand."""
    return sheet_pdf(TITLE, compose_consent(MeansPrint(ArchiveContent({}, [])), None, blank=True))
