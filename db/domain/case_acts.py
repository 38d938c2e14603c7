"""What may be done with a case now, and what is missing for it: the buttons, and the sentence behind a grey one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from db.domain.case_detail import DETAIL
from db.domain.case_flow import RULES, CaseState, Rule
from db.domain.case_words import FROM_ABOVE, Act, Need
from db.domain.paper_checklist import EXIT_TYPES
from db.domain.policy.calendar import window_answer
from db.domain.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What an act looks at beside the state."""

    today: str
    papers: frozenset[str] = frozenset()
    """Document types of the papers filed."""
    recent_papers: frozenset[str] = frozenset()
    """Those of them filed within the last year."""
    missing_fields: int = 0
    has_means: bool = False
    has_visit: bool = False
    """Whether two or more have visited the household at home since the track began."""
    is_assessed: bool = False
    is_decided: bool = False
    class_code: str = ""
    level: str | None = None
    wants_photo: bool = True
    """Whether the policy wants a photo of the notice."""
    has_program_above: bool = True
    """Whether the office above is enrolled: it says itself what it has decided."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition that does not hold: which, in a sentence, and where it is remedied.

    *place*: ``papers:<document type>``, ``form``, ``means``, ``visit``, ``assessment``, ``act:<act>`` for another act that comes first,
    empty where only time helps.
    """

    need: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class ActOffer:
    """An act that begins where the case stands, with what is missing for it now."""

    act: Act
    label: str
    missing: tuple[Missing, ...] = ()
    asks: tuple[Need, ...] = ()
    """What the clerk fills in with the act, see :data:`db.domain.case_detail.DETAIL`."""

    @property
    def is_open(self) -> bool:
        """Whether nothing is missing but what is filled in with the act."""
        return not self.missing


def _filed(paper: str, sentence: str) -> "_Check":
    def check(_state: CaseState, facts: CaseFacts) -> Missing | None:
        return None if paper in facts.papers else Missing(paper, sentence, f"papers:{paper}")

    return check


def _holds(fact: str, sentence: str, place: str) -> "_Check":
    def check(_state: CaseState, facts: CaseFacts) -> Missing | None:
        return None if getattr(facts, fact) else Missing(fact, sentence, place)

    return check


def _form(_state: CaseState, facts: CaseFacts) -> Missing | None:
    if not facts.missing_fields:
        return None
    return Missing("form", f"档案表还差 {facts.missing_fields} 项没有填。", "form")


def _notice_ended(state: CaseState, facts: CaseFacts) -> Missing | None:
    if state.notice_ends is None:
        return Missing("notice_ended", "还没有张贴公示。", f"act:{Act.POST}")
    if facts.today > state.notice_ends:
        return None
    return Missing("notice_ended", f"公示到 {state.notice_ends} 为止，第二天起才能办结。", "")


def _photo(_state: CaseState, facts: CaseFacts) -> Missing | None:
    if not facts.wants_photo or "notice_photo" in facts.papers:
        return None
    return Missing("notice_photo", "还没有存公示照片。", "papers:notice_photo")


def _evidence(_state: CaseState, facts: CaseFacts) -> Missing | None:
    """Any paper that bears some reason out; which one it must be is known with the reason."""
    if facts.recent_papers & EXIT_TYPES:
        return None
    said = "现有的附件都不算" if facts.papers else "还没有任何附件"
    return Missing("papers", f"退档要有一年以内的依据，如家庭收入证明、劳动合同、诊断书，{said}。", "papers:income_proof")


_Check = Callable[[CaseState, CaseFacts], Missing | None]
_CHECKS: dict[Need, _Check] = {
    Need.APPLICATION_PAPER: _filed("application", "还没有书面申请。"),
    Need.CONSENT: _filed("verification_consent", "还没有签字的核对承诺授权书。"),
    Need.FORM: _form,
    Need.VISIT: _holds("has_visit", "还没有这次办理以来两人以上的入户走访记录。", "visit"),
    Need.MEANS: _holds("has_means", "家庭经济状况还没有填。", "means"),
    Need.ASSESSED: _holds("is_assessed", "还没有做认定。", "assessment"),
    Need.DECIDED: _holds("is_decided", "认定结果还没有确定。", "assessment"),
    Need.NOTICE_ENDED: _notice_ended,
    Need.NOTICE_PHOTO: _photo,
    Need.EVIDENCE: _evidence,
}
_NOTED = frozenset({Act.NOTE_APPROVAL, Act.NOTE_RETURN, Act.NOTE_REFUSAL})


def _window(rule: Rule, facts: CaseFacts, pack: Pack | None) -> Missing | None:
    if not rule.window or pack is None:
        return None
    answer = window_answer(pack, rule.window, facts.class_code, facts.level, date.fromisoformat(facts.today))
    if answer.open:
        return None
    opens = f"下一次从 {answer.opens_on.isoformat()} 开始" if answer.opens_on else "政策没有写明什么时候可以办"
    return Missing("window", f"现在不是办理期，{opens}。", "")


def available_acts(state: CaseState, facts: CaseFacts, pack: Pack | None) -> list[ActOffer]:
    """Every act that begins where the case stands, the next one first, each with what is missing for it.

    *pack* tells the windows (S000-24); without a policy there are none. Reviews of an office above that has the program
    come in its answers and cannot be noted by hand.
    """
    offers = []
    for act, rule in RULES.items():
        by_hand = act in _NOTED and facts.has_program_above
        if act in FROM_ABOVE or by_hand or not rule.fits(state):
            continue
        unmet = [_CHECKS[need](state, facts) for need in rule.needs if need in _CHECKS] + [_window(rule, facts, pack)]
        asks = tuple(need for need in rule.needs if need in DETAIL)
        offers.append(ActOffer(act, rule.label, tuple(item for item in unmet if item), asks))
    return offers
