"""The delivery file of policy (``*.nuandang-policy``): a pack and tables of standards, signed by the office that sends it.

A small JSON file. Names in it are only for people: nothing of it is ever used as a path. Whether the signature is that
of somebody who may set policy here is for the receiver to decide (:mod:`db.services.policy_files`).
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from db.errors import UserError
from db.exchange.identity import ExchangeKeys, signature_holds

SUFFIX = ".nuandang-policy"
FORMAT = "nuandang-policy"
VERSION = 1
LARGEST = 1 << 20
_PURPOSE = b"nuandang policy delivery 1"
_MOST_STANDARDS = 20


@dataclass(frozen=True, slots=True)
class PolicyDelivery:
    """What is delivered: TOML texts as they stand with the sender. An empty *pack* delivers standards only."""

    sender_id: str
    sender_name: str
    made_at: str
    pack: str = ""
    standards: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SignedDelivery:
    """A delivery as it was read, with its signature still to be compared with an enrolled key."""

    delivery: PolicyDelivery
    signature: bytes

    def is_signed_by(self, verify_key: str) -> bool:
        """Whether the delivery was signed with the private half of *verify_key* (hex) and is unchanged."""
        return signature_holds(verify_key, _PURPOSE, _signed_part(self.delivery), self.signature)


def _body(delivery: PolicyDelivery) -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, **asdict(delivery)}


def _signed_part(delivery: PolicyDelivery) -> bytes:
    return json.dumps(_body(delivery), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def delivery_bytes(delivery: PolicyDelivery, keys: ExchangeKeys) -> bytes:
    """The delivery file."""
    signature = keys.sign(_PURPOSE, _signed_part(delivery)).hex()
    return json.dumps({**_body(delivery), "signature": signature}, ensure_ascii=False, indent=1).encode()


def parse_delivery(content: bytes, name: str) -> SignedDelivery:
    """Read a delivery file called *name*; UserError when it is damaged or no such file at all."""
    try:
        body = json.loads(content.decode("utf-8-sig"))
        if body["format"] != FORMAT:
            raise UserError("policy_file_damaged", name=name)
        if body["version"] > VERSION:
            raise UserError("policy_file_newer", name=name)
        delivery = PolicyDelivery(
            sender_id=_text(body, "sender_id", 100),
            sender_name=_text(body, "sender_name", 200),
            made_at=_text(body, "made_at", 40),
            pack=_text(body, "pack", LARGEST),
            standards=_texts(body["standards"]),
        )
        signed = SignedDelivery(delivery, bytes.fromhex(_text(body, "signature", 200)))
        _signed_part(delivery)  # half characters cannot be signed
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise UserError("policy_file_damaged", name=name) from fault
    if not delivery.pack and not delivery.standards:
        raise UserError("policy_file_damaged", name=name)
    return signed


def _text(body: dict[str, Any], key: str, longest: int) -> str:
    value = body[key]
    if not isinstance(value, str) or len(value) > longest:
        raise TypeError(key)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_STANDARDS:
        raise TypeError("standards")
    if not all(isinstance(item, str) for item in value):
        raise TypeError("standards")
    return tuple(value)
