"""The stick exchange: one door to cards, bundles and drives for the desktop and the command line."""

from db.exchange.bundle_format import SUFFIX as BUNDLE_SUFFIX
from db.exchange.bundle_format import Outcome
from db.exchange.card import OfficeCard
from db.exchange.drives import Drive, removable_drives
from db.exchange.eject import can_eject, drive_of, eject
from db.services.bundle_outcomes import (
    OUTCOME_LABELS,
    BundlePreview,
    DuplicatePerson,
    PreviewItem,
    ReceiveOutcome,
)
from db.services.leftovers import clear_leftovers, tidy_incoming
from db.services.partners import (
    CARD_SUFFIX,
    RELATIONS,
    EndedKeys,
    KeyRenewal,
    Partner,
    continue_numbering,
    enrol,
    find_partner,
    list_partners,
    own_card,
    read_card,
    relation_to,
    renew_own_keys,
    revoke,
    write_card,
)
from db.services.receiving import inspect_bundle, receive_bundle
from db.services.sending import (
    BundleRecord,
    BundleSummary,
    bundle_summary,
    export_bundle,
    list_bundles,
    received_bundle,
    registers_waiting,
    unsubmitted_ids,
    write_receipt,
)

__all__ = [
    "BUNDLE_SUFFIX",
    "CARD_SUFFIX",
    "OUTCOME_LABELS",
    "RELATIONS",
    "BundlePreview",
    "BundleRecord",
    "BundleSummary",
    "Drive",
    "DuplicatePerson",
    "EndedKeys",
    "KeyRenewal",
    "OfficeCard",
    "Outcome",
    "Partner",
    "PreviewItem",
    "ReceiveOutcome",
    "bundle_summary",
    "can_eject",
    "clear_leftovers",
    "continue_numbering",
    "drive_of",
    "eject",
    "enrol",
    "export_bundle",
    "find_partner",
    "inspect_bundle",
    "list_bundles",
    "list_partners",
    "own_card",
    "read_card",
    "receive_bundle",
    "received_bundle",
    "registers_waiting",
    "relation_to",
    "removable_drives",
    "renew_own_keys",
    "revoke",
    "tidy_incoming",
    "unsubmitted_ids",
    "write_card",
    "write_receipt",
]
