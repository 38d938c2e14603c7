"""Review (审核): what an office above says of an archive, in words and in what it leaves to the household's own office.

The archive is the data of the office that filed it. The review stands beside it; only the 职工编号 it gives shows in the
form, laid over what the form says, so that both ends see the same without either changing the other's history.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.domain.archive_content import ArchiveContent
from db.domain.archive_form import ARCHIVE_FORM
from db.domain.option_lists import option_list

GIVEN_NUMBER = "worker_number"
"""The field of the form that the office above may fill (职工编号)."""
OTHER = "other"
LONGEST_TEXT = 500
MOST_REASONS = 40


class ReviewOutcome(StrEnum):
    """What a review comes to."""

    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"


class ReviewStep(StrEnum):
    """Whether one person has looked (初审) or the review stands."""

    FIRST = "first"
    FINAL = "final"


OUTCOME_LABELS = {
    ReviewOutcome.APPROVED: "已审核",
    ReviewOutcome.RETURNED: "退回补正",
    ReviewOutcome.REFUSED: "不通过",
}
OUTCOME_VERBS = {
    ReviewOutcome.APPROVED: "通过",
    ReviewOutcome.RETURNED: "退回",
    ReviewOutcome.REFUSED: "不通过",
}
"""What a reviewer did, where the state of the archive is told elsewhere."""
STEP_LABELS = {ReviewStep.FIRST: "初审", ReviewStep.FINAL: "复审"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an archive is returned or refused: an option of ``review_reason``, words of one's own, and which field.

    *field* is a key of the form; ``member.<key>`` with *member_id* for a member's field; ``@means``, ``@attachment``,
    ``@assessment`` for what lies beside the form; empty for the archive as a whole.
    """

    code: str
    text: str = ""
    field: str = ""
    member_id: str = ""

    @property
    def caption(self) -> str:
        """The field as the form names it; empty for the archive as a whole."""
        return field_caption(self.field)

    @property
    def words(self) -> str:
        """The reason in one line: ``身份证号：证件与材料不符（少一位）``."""
        label = "" if self.code == OTHER and self.text else option_list("review_reason").label(self.code)
        said = f"{label}（{self.text}）" if label and self.text else label or self.text
        return f"{self.caption}：{said}" if self.caption else said

    def to_json(self) -> dict[str, str]:
        """Compact form, empty parts left out."""
        parts = {"code": self.code, "text": self.text, "field": self.field, "member_id": self.member_id}
        return {key: value for key, value in parts.items() if value}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Reason":
        """Read what :meth:`to_json` wrote; ValueError when it is nothing of the kind."""
        if not isinstance(body, dict) or not set(body) <= {"code", "text", "field", "member_id"}:
            raise ValueError("reason")
        parts = {key: body.get(key, "") for key in ("code", "text", "field", "member_id")}
        if not all(isinstance(part, str) and len(part) <= LONGEST_TEXT for part in parts.values()) or not parts["code"]:
            raise ValueError("reason")
        return cls(**parts)


BESIDE_THE_FORM = {"@means": "家庭经济状况", "@attachment": "附件", "@assessment": "认定"}


def field_caption(field: str) -> str:
    """The caption of a field as :class:`Reason` names it; the key itself where this program does not know it."""
    if field in BESIDE_THE_FORM or not field:
        return BESIDE_THE_FORM.get(field, "")
    key = field.removeprefix("member.")
    if field != key:
        known = {spec.key: spec.label for spec in ARCHIVE_FORM.member_fields}
        return f"家庭成员 · {known.get(key, key)}"
    return ARCHIVE_FORM.field(key).label if ARCHIVE_FORM.has_field(key) else key


def with_given_number(content: ArchiveContent, number: str) -> ArchiveContent:
    """*content* with the 职工编号 the office above gave; as it is where none was given."""
    if not number or content.values.get(GIVEN_NUMBER) == number:
        return content
    changed = content.copy()
    changed.values[GIVEN_NUMBER] = number
    return changed
