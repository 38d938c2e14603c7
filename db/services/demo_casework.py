"""Something to see on the screens of the assessment: a policy and a standard for this year, assessments, decisions.

The figures are invented, and their source says so; the rules are those of a packaged pack, continued.
"""

from datetime import date

from db.domain.policy.assessment import Outcome
from db.services import assessing, policies
from db.services.office import OfficeSession

_PACK = "qianshan-2020"
_REGION = "340882"
_STANDARD = "400"
_SOURCE = policies.NewSource("演示用标准（虚构，不得用于实际认定）", "演示单位")
_ASSESSED, _DECIDED = 3, 2
"""Of every four households three are assessed, of every two that fit one is decided upon."""


def set_up_policy(session: OfficeSession) -> None:
    """Continue the packaged pack of the demonstration's place to this year, with an invented 低保标准."""
    begins = f"{session.today[:4]}-01-01"
    note = "演示用：沿用 2020 年方案的规则，标准是虚构的。"
    if policies.chosen_policy(session, session.today) is None:
        policies.edit_pack(session, _PACK, [], begins=begins, ends=None, note=note)
    policies.add_standard(
        session, policies.NewStandard("subsistence", (_REGION,), "any", begins, _STANDARD, _SOURCE, "演示")
    )


def assess_some(session: OfficeSession, ids: list[str]) -> None:
    """Assess most of the households under the policy in force and decide upon some; the rest is left to do."""
    on = date.fromisoformat(session.today)
    assessing.assess_many(session, [item for at, item in enumerate(ids) if at % 4 < _ASSESSED], on)
    fitting = assessing.assessment_rows(
        session, assessing.AssessmentQuery(outcome=Outcome.FITS, order="archive_number", descending=False)
    )
    for row in fitting[::_DECIDED]:
        assert row.assessment_id
        assessing.decide(session, row.assessment_id, row.suggested_class, row.suggested_level)
