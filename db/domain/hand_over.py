"""A household that moves: the request its office signs, and how a hand-over goes on from there.

The signature covers what the giving office said, not what became of it: whom the archive goes to is for the office above
to decide, and stands beside.
"""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

PURPOSE = b"nuandang hand-over 1"
"""Keeps a signature over a request from being used for anything else."""
LONGEST_REASON = 500
_SIGNED = (
    "id",
    "archive_id",
    "archive_revision",
    "from_office_id",
    "from_office_name",
    "wanted_office_name",
    "reason",
    "requested_at",
    "requested_by",
)


class HandOverState(StrEnum):
    """How far a hand-over is."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    COMPLETED = "completed"


STATE_LABELS = {
    HandOverState.REQUESTED: "待办理",
    HandOverState.WITHDRAWN: "已撤回",
    HandOverState.REFUSED: "不同意",
    HandOverState.ACCEPTED: "待接手",
    HandOverState.COMPLETED: "已接手",
}
DONE = frozenset({HandOverState.ACCEPTED, HandOverState.COMPLETED})
"""From then on the archive belongs to the receiving office."""

def last_accepted(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Of the hand-overs of one archive the last that was accepted: each is of a higher revision than the one before."""
    done = [row for row in rows if row["state"] in DONE]
    return max(done, key=lambda row: (row["archive_revision"], row["decided_at"] or "")) if done else None


def request_bytes(row: Mapping[str, Any]) -> bytes:
    """What the giving office signs: canonical JSON."""
    body = {"format": "nuandang-hand-over", "version": 1, **{key: row[key] for key in _SIGNED}}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
