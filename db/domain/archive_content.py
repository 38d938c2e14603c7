"""The content of one archive as plain values: what the clerk filled in, ready for JSON."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from db.domain.form_schema import Value

EDITION = "shandong-2016"
"""Edition of the form declared in ``archive_form`` (source 004)."""


@dataclass(slots=True)
class ArchiveContent:
    """Household values by field key, members in the order of the paper (each with a stable ``id``), form edition."""

    values: dict[str, Value] = field(default_factory=dict)
    members: list[dict[str, Value]] = field(default_factory=list)
    edition: str = EDITION

    def copy(self) -> "ArchiveContent":
        """An independent copy; changing one never changes the other."""
        values = {key: list(value) if isinstance(value, list) else value for key, value in self.values.items()}
        return ArchiveContent(values, [dict(member) for member in self.members], self.edition)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON object: edition, worker values, members."""
        return {"edition": self.edition, "worker": self.values, "members": self.members}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ArchiveContent":
        """Read what :meth:`to_json` wrote."""
        return cls(dict(data["worker"]), [dict(member) for member in data["members"]], data["edition"])

    def text(self, key: str) -> str:
        """The text value *key*, empty when missing."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""


def new_id() -> str:
    """A random record id (UUID, lower case)."""
    return str(uuid.uuid4())
