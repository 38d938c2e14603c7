"""The enrolment card of an office (单位名片): who it is and its public keys, signed by itself, as a small JSON file.

The signature proves only that the card is whole; that it comes from the right office is proved by comparing the
fingerprint over the phone. No personal data stand in it.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from db.domain.office_levels import OFFICE_LEVELS
from db.errors import UserError
from db.exchange.identity import ExchangeKeys, is_recipient, key_fingerprint, signature_holds

SUFFIX = ".nuandang-card"
FORMAT = "nuandang-card"
VERSION = 1
LEVELS = OFFICE_LEVELS
_PURPOSE = b"nuandang office card 1"
_LARGEST = 16_384


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """What an office tells others about itself."""

    id: str
    name: str
    level: str
    region_code: str
    recipient: str
    verify_key: str
    created_at: str
    laptop_of: str = ""
    """On the card of a home-visit laptop: id of its office, which alone may enrol it."""

    @property
    def fingerprint(self) -> str:
        """Twelve digits to compare over the phone."""
        return key_fingerprint(self.recipient, self.verify_key)


def _body(card: OfficeCard) -> dict[str, Any]:
    body = {"format": FORMAT, "version": VERSION, **asdict(card)}
    if not card.laptop_of:
        del body["laptop_of"]  # as cards were before there were laptops
    return body


def _signed_part(card: OfficeCard) -> bytes:
    return json.dumps(_body(card), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def card_bytes(card: OfficeCard, keys: ExchangeKeys) -> bytes:
    """The card file."""
    signature = keys.sign(_PURPOSE, _signed_part(card)).hex()
    body = {**_body(card), "signature": signature}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def parse_card(data: bytes) -> OfficeCard:
    """Read a card file; UserError when it is damaged, forged or no card at all."""
    try:
        body = json.loads(data[: _LARGEST + 1].decode("utf-8-sig"))
        if body["format"] != FORMAT:
            raise UserError("card_damaged")
        if body["version"] > VERSION:
            raise UserError("card_newer")
        card = OfficeCard(**{key: _text(body, key) for key in OfficeCard.__dataclass_fields__ if key in body})
        signature = bytes.fromhex(_text(body, "signature"))
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise UserError("card_damaged") from fault
    sound = card.level in LEVELS and card.name.strip() and is_recipient(card.recipient)
    if not sound or not signature_holds(card.verify_key, _PURPOSE, _signed_part(card), signature):
        raise UserError("card_damaged")
    return card


def _text(body: dict[str, Any], key: str) -> str:
    value = body[key]
    if not isinstance(value, str) or len(value) > 1000:
        raise TypeError(key)
    return value
