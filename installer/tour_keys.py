"""Pictures of the dialogs about lost keys: an office revoked, the own keys renewed, a known office with another card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from db.services import exchange
from desktop.exchange.key_dialogs import NumberDialog, PartnerDialog, RenewDialog, RenewedDialog, RevokeDialog
from desktop.exchange.partner_dialogs import EnrolDialog

if TYPE_CHECKING:
    from tour_stops import Visit

    from desktop.pages.exchange import ExchangePage


def lost_keys(visit: Visit, page: ExchangePage) -> None:
    """An office and what to do when its computer, or ours, is lost."""
    town = visit.stage.town
    partner = page.overview.partners.rows[0]
    today = date.fromisoformat(town.today)
    visit.take("dialog-partner", PartnerDialog(page, partner, today))
    ended = exchange.EndedKeys("3141 5926 5358", partner.enrolled_at, town.now, "陈志强", "revoked")
    gone = replace(partner, revoked_at=town.now, ended_keys=(ended,))
    visit.take("dialog-partner-revoked", PartnerDialog(page, gone, today))
    visit.take("dialog-revoke", RevokeDialog(page, partner))
    own = exchange.own_card(town)
    visit.take("dialog-renew", RenewDialog(page, own.fingerprint, exchange.list_partners(town)))
    visit.take("dialog-renewed", RenewedDialog(page, exchange.KeyRenewal(own, "2718 2818 2845", [partner])))
    visit.take("dialog-number", NumberDialog(page, partner))
    changed = replace(exchange.own_card(visit.stage.county), recipient=own.recipient, verify_key=own.verify_key)
    visit.take("dialog-enrol-again", EnrolDialog(page, changed, town.office.level, "", partner))
