"""How answers look: a sign of its own for each, never a colour alone."""

from db.domain.policy.assessment import Outcome
from desktop import theme

TONE_SIGNS = {
    "passed": ("circle-check", theme.GREEN),
    "failed": ("circle-x", theme.RED),
    "unknown": ("circle-question-mark", theme.AMBER),
}
TONE_WORDS = {"passed": "符合", "failed": "不符合", "unknown": "待定"}
OUTCOME_SIGNS = {
    Outcome.FITS: ("circle-check", theme.GREEN),
    Outcome.NEAR: ("triangle-alert", theme.AMBER),
    Outcome.DOES_NOT_FIT: ("circle-x", theme.RED),
    Outcome.INCOMPLETE: ("circle-question-mark", theme.AMBER),
    Outcome.NO_CLASSES: ("info", theme.ACTION),
}
