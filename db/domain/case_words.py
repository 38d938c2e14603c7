"""Words of the casework: pools, tracks, stages, acts, and what an act may wait for, with their labels.

Codes are stored and never change; the order of the stages and of the acts is that of the work. Source: requirements §e.
"""

from enum import StrEnum


class Standing(StrEnum):
    """The pool a household stands in."""

    LEAD = "lead"
    APPLICANT = "applicant"
    ON_FILE = "on_file"
    PHASING_OUT = "phasing_out"
    EXITED = "exited"
    CANCELLED = "cancelled"
    TEMPORARY = "temporary"
    NOT_ELIGIBLE = "not_eligible"
    GIVEN_UP = "given_up"


STANDING_LABELS = {
    Standing.LEAD: "摸底线索",
    Standing.APPLICANT: "申请办理中",
    Standing.ON_FILE: "在档",
    Standing.PHASING_OUT: "渐退期",
    Standing.EXITED: "脱困库",
    Standing.CANCELLED: "注销库",
    Standing.TEMPORARY: "临时救助",
    Standing.NOT_ELIGIBLE: "不符合",
    Standing.GIVEN_UP: "放弃申请",
}


class Track(StrEnum):
    """What is being decided upon."""

    NONE = ""
    FILE = "file"
    ADJUST = "adjust"
    EXIT = "exit"
    READMIT = "readmit"


TRACK_LABELS = {
    Track.NONE: "",
    Track.FILE: "建档",
    Track.ADJUST: "调档",
    Track.EXIT: "退档",
    Track.READMIT: "返困建档",
}


class Stage(StrEnum):
    """How far it has come; each names what is to be done now."""

    NONE = ""
    APPLICATION = "application"
    VERIFICATION = "verification"
    COMPARISON = "comparison"
    DELIBERATION = "deliberation"
    NOTICE = "notice"
    OBJECTION = "objection"
    SUBMISSION = "submission"
    REVIEW = "review"


STAGE_LABELS = {
    Stage.NONE: "",
    Stage.APPLICATION: "收集申请材料",
    Stage.VERIFICATION: "入户核实",
    Stage.COMPARISON: "信息比对",
    Stage.DELIBERATION: "集体研究",
    Stage.NOTICE: "公示",
    Stage.OBJECTION: "异议复核",
    Stage.SUBMISSION: "待上报",
    Stage.REVIEW: "上级审核",
}
STAGES = tuple(Stage)[1:]
"""The stages in their order."""


class Need(StrEnum):
    """What an act may wait for."""

    APPLICATION_PAPER = "application_paper"
    CONSENT = "consent"
    FORM = "form"
    MEANS = "means"
    VISIT = "visit"
    POSTING = "posting"
    OBJECTION = "objection"
    ASSESSED = "assessed"
    DECIDED = "decided"
    COMPARISON = "comparison"
    MINUTES = "minutes"
    APPRAISAL = "appraisal"
    NOTICE_ENDED = "notice_ended"
    NOTICE_PHOTO = "notice_photo"
    OBJECTION_SETTLED = "objection_settled"
    VERIFY_BY = "verify_by"
    END_DATE = "end_date"
    EXIT_REASON = "exit_reason"
    EVIDENCE = "evidence"
    CANCEL_REASON = "cancel_reason"
    REPLY = "reply"
    EXITED_ON = "exited_on"
    REASON = "reason"


class Act(StrEnum):
    """What a clerk can do with a case."""

    NOTE_LEAD = "note_lead"
    NOTE_ON_FILE = "note_on_file"
    NOTE_EXITED = "note_exited"
    APPLY = "apply"
    GIVE_UP = "give_up"
    ACCEPT = "accept"
    VERIFY = "verify"
    COMPARE = "compare"
    FAST_TRACK = "fast_track"
    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_ELIGIBLE = "not_eligible"
    POST = "post"
    OBJECT = "object"
    SETTLE = "settle"
    UPHOLD = "uphold"
    END_NOTICE = "end_notice"
    SUBMIT = "submit"
    NOTE_APPROVAL = "note_approval"
    NOTE_RETURN = "note_return"
    NOTE_REFUSAL = "note_refusal"
    STEP_BACK = "step_back"
    ABANDON = "abandon"
    SUPPLY_COMPARISON = "supply_comparison"
    BEGIN_ADJUST = "begin_adjust"
    BEGIN_EXIT = "begin_exit"
    PHASE_OUT = "phase_out"
    RELAPSE = "relapse"
    CANCEL = "cancel"
    RESTORE = "restore"
    READMIT = "readmit"
    MAKE_TEMPORARY = "make_temporary"
    CONVERT = "convert"
    # said by the office above in its review, never by the clerk of the archive
    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"


FROM_ABOVE = frozenset({Act.APPROVED, Act.RETURNED, Act.REFUSED})
ASIDE = frozenset(
    {
        Act.GIVE_UP,
        Act.NOT_ELIGIBLE,
        Act.STEP_BACK,
        Act.ABANDON,
        Act.CANCEL,
        Act.MAKE_TEMPORARY,
        Act.NOTE_LEAD,
        Act.NOTE_ON_FILE,
        Act.NOTE_EXITED,
    }
)
"""Acts that do not lead a case on; what leads on is offered first."""
