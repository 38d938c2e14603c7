"""The casework of a household (办理): where it stands, what may be done next, and what is missing for it.

A case stands in one pool (*standing*: 摸底线索, 在档, 渐退期, 脱困库 …). While something is being decided upon it – filing,
adjusting, closing, opening again – it also goes through the stages of that *track*. Every act is kept as a step; the
state is nothing but the steps and the reviews from above told in their order (:func:`replay`), so history cannot say
one thing and the list another. Source: requirements §e (S000-01 to 07, 22 to 25, 30, 31; S003-01, 11 to 14).
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from db.domain.case_words import STAGE_LABELS, STAGES, STANDING_LABELS, TRACK_LABELS, Act, Need, Stage, Standing, Track


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands."""

    standing: Standing = Standing.APPLICANT
    track: Track = Track.FILE
    stage: Stage = Stage.APPLICATION
    was_returned: bool = False
    """Whether the office above sent it back and it has not gone up again."""
    verify_by: str | None = None
    """核查待补: until when the comparison that the fast track left out must be made up for."""
    notice_from: str | None = None
    notice_ends: str | None = None
    """First and last day of the public notice; the last one moves while an objection stops the clock."""
    phase_out_ends: str | None = None
    exited_on: str | None = None
    exit_reason: str = ""
    stood: Standing | None = None
    """Where a cancelled case stood before."""

    @property
    def words(self) -> str:
        """The state in a line: ``在档 · 退档：公示``."""
        name = STANDING_LABELS[self.standing]
        if self.track is Track.NONE:
            return name
        going = STAGE_LABELS[self.stage] + ("（退回补正）" if self.was_returned else "")
        under_way = f"{TRACK_LABELS[self.track]}：{going}"
        return under_way if self.standing is Standing.APPLICANT else f"{name} · {under_way}"


    def to_json(self) -> dict[str, Any]:
        """Plain form; empty parts are left out."""
        return {key: value for key, value in asdict(self).items() if value not in {None, ""} and value is not False}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "CaseState":
        """Read what :meth:`to_json` wrote; ValueError when it is nothing of the kind."""
        if not set(body) <= set(cls.__dataclass_fields__):
            raise ValueError("state")
        plain: dict[str, Any] = {"track": "", "stage": "", **body}
        for key, known in (("standing", Standing), ("track", Track), ("stage", Stage), ("stood", Standing)):
            if key in plain:
                plain[key] = known(plain[key])
        return cls(**plain)


@dataclass(frozen=True, slots=True)
class Step:
    """One act as it was recorded. *on* is the day it happened; *detail* what the act carries, by the act's own keys."""

    act: Act
    on: str
    detail: dict[str, Any] = field(default_factory=dict)


# -- the table ----------------------------------------------------------------------------------------------------

_BEFORE_NOTICE = (Stage.APPLICATION, Stage.VERIFICATION, Stage.COMPARISON, Stage.DELIBERATION)
_UNDER_WAY = STAGES[:-1]
_OUTSIDE = (Standing.APPLICANT, Standing.LEAD, Standing.TEMPORARY)
_HELPED = (Standing.ON_FILE, Standing.PHASING_OUT)


@dataclass(frozen=True, slots=True)
class Rule:
    """When an act may be taken and where it leads."""

    label: str
    standings: tuple[Standing, ...]
    tracks: tuple[Track, ...]
    stages: tuple[Stage, ...]
    to: Callable[[CaseState, Step], CaseState]
    needs: tuple[Need, ...] = ()
    window: str = ""
    """The action of the policy's windows; empty: at any time."""
    when: Callable[[CaseState], bool] = lambda _state: True
    """What else must hold of the state itself."""

    def fits(self, state: CaseState) -> bool:
        """Whether the case stands where the act begins."""
        here = state.standing in self.standings and state.track in self.tracks and state.stage in self.stages
        return here and self.when(state)


def _stage(stage: Stage) -> Callable[[CaseState, Step], CaseState]:
    return lambda state, _step: replace(state, stage=stage, was_returned=False)


def _pool(standing: Standing) -> Callable[[CaseState, Step], CaseState]:
    return lambda state, _step: replace(
        _without_notice(state), standing=standing, track=Track.NONE, stage=Stage.NONE, was_returned=False, verify_by=None
    )


def _without_notice(state: CaseState) -> CaseState:
    return replace(state, notice_from=None, notice_ends=None)


def _posted(state: CaseState, step: Step) -> CaseState:
    return replace(state, notice_from=str(step.detail["starts_on"]), notice_ends=str(step.detail["ends_on"]))


def _settled(state: CaseState, step: Step) -> CaseState:
    return replace(state, stage=Stage.NOTICE, notice_ends=str(step.detail.get("ends_on") or state.notice_ends))


def _begin(track: Track, stage: Stage) -> Callable[[CaseState, Step], CaseState]:
    def to(state: CaseState, step: Step) -> CaseState:
        standing = Standing.APPLICANT if track is Track.FILE else state.standing
        reason = str(step.detail.get("exit_reason", "")) if track is Track.EXIT else state.exit_reason
        return replace(state, standing=standing, track=track, stage=stage, exit_reason=reason)

    return to


def _fast(state: CaseState, step: Step) -> CaseState:
    return replace(state, stage=Stage.NOTICE, verify_by=str(step.detail["verify_by"]))


def _back(state: CaseState, step: Step) -> CaseState:
    stage = Stage(step.detail["to_stage"])
    kept = state if STAGES.index(stage) >= STAGES.index(Stage.NOTICE) else _without_notice(state)
    return replace(kept, stage=stage, was_returned=False)


def _approved(state: CaseState, step: Step) -> CaseState:
    if state.track is Track.EXIT:
        left = replace(state, phase_out_ends=None, exited_on=step.on)
        return replace(_pool(Standing.EXITED)(left, step))
    made_up = state.verify_by
    joined = replace(_pool(Standing.ON_FILE)(state, step), phase_out_ends=None, exited_on=None, exit_reason="")
    return replace(joined, verify_by=made_up)


def _refused(state: CaseState, step: Step) -> CaseState:
    if state.track is Track.FILE:
        return _pool(Standing.NOT_ELIGIBLE)(state, step)
    return _pool(state.standing)(state, step)


def _returned(state: CaseState, _step: Step) -> CaseState:
    return replace(state, stage=Stage.SUBMISSION, was_returned=True)


def _dropped(state: CaseState, step: Step) -> CaseState:
    """What was begun upon a case is given up: it stands where it stood; one that never was on file is not eligible."""
    standing = Standing.NOT_ELIGIBLE if state.track is Track.FILE else state.standing
    return _pool(standing)(state, step)


def _phase_out(state: CaseState, step: Step) -> CaseState:
    return replace(state, standing=Standing.PHASING_OUT, phase_out_ends=str(step.detail["end_date"]))


def _cancel(state: CaseState, step: Step) -> CaseState:
    return replace(_pool(Standing.CANCELLED)(state, step), stood=state.standing)


def _restore(state: CaseState, step: Step) -> CaseState:
    stood = state.stood or Standing.APPLICANT
    back = replace(_pool(stood)(state, step), stood=None)
    return _begin(Track.FILE, Stage.APPLICATION)(back, step) if stood is Standing.APPLICANT else back


def earlier_stages(state: CaseState) -> tuple[Stage, ...]:
    """The stages a case may go back to. What is adjusted or closed begins with the verification."""
    if state.track is Track.NONE:
        return ()
    first = Stage.APPLICATION if state.track in _NEW else Stage.VERIFICATION
    stages = STAGES[STAGES.index(first) : STAGES.index(state.stage)]
    return tuple(stage for stage in stages if stage is not Stage.OBJECTION)


_ALL = (Track.FILE, Track.ADJUST, Track.EXIT, Track.READMIT)
_NEW = (Track.FILE, Track.READMIT)
_BUSY = (Standing.APPLICANT, *_HELPED, Standing.EXITED)
_IDLE = (Track.NONE,)
_STILL = (Stage.NONE,)
_WAITING = (Stage.SUBMISSION, Stage.REVIEW)

def _left_before(state: CaseState, step: Step) -> CaseState:
    left = _pool(Standing.EXITED)(state, step)
    return replace(left, exited_on=str(step.detail["exited_on"]), exit_reason=str(step.detail["exit_reason"]))


_FRESH = (Stage.APPLICATION,)

RULES: dict[Act, Rule] = {
    # how a household comes in that was known before the program was
    Act.NOTE_LEAD: Rule("记为摸底线索", (Standing.APPLICANT,), _NEW, _FRESH, _pool(Standing.LEAD)),
    Act.NOTE_ON_FILE: Rule("登记为已在档（原有档案）", (Standing.APPLICANT,), _NEW, _FRESH, _pool(Standing.ON_FILE),
                           (Need.REASON,)),
    Act.NOTE_EXITED: Rule("登记为已脱困（原有档案）", (Standing.APPLICANT,), _NEW, _FRESH, _left_before,
                          (Need.EXITED_ON, Need.EXIT_REASON)),
    Act.APPLY: Rule(
        "受理申请", (Standing.LEAD, Standing.NOT_ELIGIBLE, Standing.GIVEN_UP), _IDLE, _STILL,
        _begin(Track.FILE, Stage.APPLICATION),
    ),
    Act.GIVE_UP: Rule("放弃或撤回申请", (Standing.LEAD, Standing.APPLICANT), (Track.NONE, Track.FILE),
                      (Stage.NONE, *_UNDER_WAY), _pool(Standing.GIVEN_UP), (Need.REASON,)),
    Act.ACCEPT: Rule("材料收齐，转入户核实", _BUSY, _NEW, (Stage.APPLICATION,), _stage(Stage.VERIFICATION),
                     (Need.APPLICATION_PAPER, Need.CONSENT)),
    Act.VERIFY: Rule("入户核实完成", _BUSY, _ALL, (Stage.VERIFICATION,), _stage(Stage.COMPARISON),
                     (Need.VISIT, Need.FORM, Need.MEANS, Need.ASSESSED)),
    Act.COMPARE: Rule("登记比对结果", _BUSY, _ALL, (Stage.COMPARISON,), _stage(Stage.DELIBERATION), (Need.COMPARISON,)),
    Act.FAST_TRACK: Rule("快速通道（核查待补）", _BUSY, _NEW, (Stage.VERIFICATION, Stage.COMPARISON), _fast,
                         (Need.APPRAISAL, Need.MINUTES, Need.DECIDED, Need.VERIFY_BY)),
    Act.AGREE: Rule("集体研究同意，转公示", _BUSY, _ALL, (Stage.DELIBERATION,), _stage(Stage.NOTICE),
                    (Need.MINUTES, Need.DECIDED)),
    Act.DISAGREE: Rule("集体研究不同意", _BUSY, _ALL, (Stage.DELIBERATION,), _dropped, (Need.MINUTES, Need.REASON)),
    Act.NOT_ELIGIBLE: Rule("不符合条件（告知）", _BUSY, _ALL, _BEFORE_NOTICE, _dropped, (Need.REASON,)),
    Act.POST: Rule("张贴公示", _BUSY, _ALL, (Stage.NOTICE,), _posted, (Need.POSTING,),
                   when=lambda state: state.notice_ends is None),
    Act.OBJECT: Rule("登记异议", _BUSY, _ALL, (Stage.NOTICE,), _stage(Stage.OBJECTION), (Need.OBJECTION,),
                     when=lambda state: state.notice_ends is not None),
    Act.SETTLE: Rule("异议不成立，继续公示", _BUSY, _ALL, (Stage.OBJECTION,), _settled, (Need.OBJECTION_SETTLED,)),
    Act.UPHOLD: Rule("异议成立，终止办理", _BUSY, _ALL, (Stage.OBJECTION,), _dropped,
                     (Need.OBJECTION_SETTLED, Need.REASON)),
    Act.END_NOTICE: Rule("公示结束", _BUSY, _ALL, (Stage.NOTICE,), _stage(Stage.SUBMISSION),
                         (Need.NOTICE_ENDED, Need.NOTICE_PHOTO)),
    Act.SUBMIT: Rule("上报", _BUSY, _ALL, (Stage.SUBMISSION,), _stage(Stage.REVIEW), (Need.FORM, Need.DECIDED)),
    Act.NOTE_APPROVAL: Rule("登记上级批复：同意", _BUSY, _ALL, (Stage.REVIEW,), _approved,
                            (Need.REPLY,)),
    Act.NOTE_RETURN: Rule("登记上级批复：退回", _BUSY, _ALL, (Stage.REVIEW,), _returned, (Need.REPLY,)),
    Act.NOTE_REFUSAL: Rule("登记上级批复：不通过", _BUSY, _ALL, (Stage.REVIEW,), _refused, (Need.REPLY,)),
    Act.STEP_BACK: Rule("退回前一环节", _BUSY, _ALL, STAGES[1:], _back, (Need.REASON,),
                        when=lambda state: bool(earlier_stages(state))),
    Act.ABANDON: Rule("终止办理", (*_HELPED, Standing.EXITED), (Track.ADJUST, Track.EXIT, Track.READMIT), STAGES,
                      lambda state, step: _pool(state.standing)(state, step), (Need.REASON,)),
    Act.SUPPLY_COMPARISON: Rule("补齐核查", _HELPED, (*_IDLE, Track.ADJUST, Track.EXIT), (Stage.NONE, *STAGES),
                                lambda state, _step: replace(state, verify_by=None), (Need.COMPARISON,),
                                when=lambda state: state.verify_by is not None),
    Act.BEGIN_ADJUST: Rule("开始调档", _HELPED, _IDLE, _STILL, _begin(Track.ADJUST, Stage.VERIFICATION),
                           (Need.REASON,), "adjust"),
    Act.BEGIN_EXIT: Rule("开始退档", _HELPED, _IDLE, _STILL, _begin(Track.EXIT, Stage.VERIFICATION),
                         (Need.EXIT_REASON, Need.EVIDENCE), "exit"),
    Act.PHASE_OUT: Rule("进入渐退期", (Standing.ON_FILE,), _IDLE, _STILL, _phase_out, (Need.END_DATE, Need.REASON),
                        "adjust"),
    Act.RELAPSE: Rule("恢复在档", (Standing.PHASING_OUT,), _IDLE, _STILL,
                      lambda state, _step: replace(state, standing=Standing.ON_FILE, phase_out_ends=None),
                      (Need.REASON,)),
    Act.CANCEL: Rule("注销", (*_BUSY, Standing.LEAD, Standing.TEMPORARY, Standing.NOT_ELIGIBLE, Standing.GIVEN_UP),
                     (*_IDLE, *_ALL), (Stage.NONE, *STAGES), _cancel, (Need.CANCEL_REASON,)),
    Act.RESTORE: Rule("恢复（取消注销）", (Standing.CANCELLED,), _IDLE, _STILL, _restore, (Need.REASON,)),
    Act.READMIT: Rule("返困，重新申请", (Standing.EXITED,), _IDLE, _STILL, _begin(Track.READMIT, Stage.APPLICATION),
                      (Need.REASON,)),
    Act.MAKE_TEMPORARY: Rule("转临时救助", (Standing.LEAD, Standing.APPLICANT, Standing.NOT_ELIGIBLE),
                             (Track.NONE, Track.FILE), (Stage.NONE, *_BEFORE_NOTICE), _pool(Standing.TEMPORARY),
                             (Need.REASON,)),
    Act.CONVERT: Rule("临时救助转正", (Standing.TEMPORARY,), _IDLE, _STILL, _begin(Track.FILE, Stage.VERIFICATION)),
    # an office above reviews what it was sent, however far the sender has recorded it
    Act.APPROVED: Rule("上级审核通过", _BUSY, _ALL, STAGES, _approved),
    Act.RETURNED: Rule("上级退回补正", _BUSY, _ALL, STAGES, _returned),
    Act.REFUSED: Rule("上级不通过", _BUSY, _ALL, STAGES, _refused),
}  # fmt: skip


# -- telling the steps --------------------------------------------------------------------------------------------


class IllegalStepError(ValueError):
    """A step that its case could not take."""


def apply(state: CaseState, step: Step) -> CaseState:
    """The state after *step*; :class:`IllegalStepError` where the case does not stand where the act begins."""
    rule = RULES[step.act]
    if not rule.fits(state):
        raise IllegalStepError(f"{step.act} in {state.words}")
    if step.act is Act.STEP_BACK and step.detail.get("to_stage") not in earlier_stages(state):
        raise IllegalStepError(f"{step.act} to {step.detail.get('to_stage')}")
    return rule.to(state, step)


TEMPORARY_NUMBERS = ("T", "t", "临")
"""How a 职工编号 begins that stands in for one not given yet (see the form's help)."""


def first_state(worker_number: str) -> CaseState:
    """Where a household stands of which nothing was recorded yet: on file when it has its 职工编号, else applying."""
    if worker_number and not worker_number.startswith(TEMPORARY_NUMBERS):
        return CaseState(Standing.ON_FILE, Track.NONE, Stage.NONE)
    return CaseState()


def replay(first: CaseState, steps: Iterable[Step]) -> CaseState:
    """The state to which *steps* lead, see :func:`replay_with_day`."""
    return replay_with_day(first, steps)[0]


def replay_with_day(first: CaseState, steps: Iterable[Step]) -> tuple[CaseState, str]:
    """The state to which *steps* lead, in their order, and the day of the last that counted (empty: none).

    What does not begin where the case stands is passed over: a review of a version that its office had gone on from, or
    a step taken before the review was known there. Every office passes over the same, so all of them agree.
    """
    state, since = first, ""
    for step in steps:
        with suppress(IllegalStepError):
            state, since = apply(state, step), step.on
    return state, since


def track_since(first: CaseState, steps: Iterable[Step]) -> str:
    """The day on which what is being decided now was begun; empty where the case came in with it, or nothing is."""
    state, since = first, ""
    for step in steps:
        with suppress(IllegalStepError):
            before, state = state, apply(state, step)
            if state.track is not before.track:
                since = step.on
    return since if state.track is not Track.NONE else ""
