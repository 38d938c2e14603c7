"""Payment lists of invented households on their way to the bank, for tests."""

from aid_money import card_number, fund, grant, in_2022, on_file
from factories import photo

from db.services import disbursement, office_papers
from db.services import office as offices
from db.services.disbursement import LineResult, ListView
from db.services.office import OfficeSession
from db.services.office_papers import PaperOwner


def drawn_up(office: OfficeSession, number: int = 2, **values: object) -> ListView:
    """A draft for as many households, with sound cards."""
    source = fund(office, 1_000_000)
    ids = []
    for seed in range(1, number + 1):
        card = {"bank_account": card_number(seed), "bank_name": "某银行", **values}
        ids.append(grant(office, on_file(office, seed, **card).id, source, 50_000).id)
    return disbursement.load_list(office, disbursement.create_list(office, "七月生活救助", ids).id)


def typed_again(view: ListView) -> dict[str, str]:
    """Every account as somebody typed it a second time, right."""
    return {line.grant_id: line.account for line in view.lines}


def another_clerk(office: OfficeSession) -> OfficeSession:
    """Somebody else of the office, signed in."""
    offices.add_clerk(office, "周国平", "另一个口令2026")
    slot = next(slot for slot in offices.clerk_slots(office.folder) if slot.name == "周国平")
    return in_2022(offices.open_office(office.folder, "另一个口令2026", slot.clerk_id))


def sent(office: OfficeSession, view: ListView) -> ListView:
    """The list locked, approved by somebody else, and handed to the bank."""
    disbursement.lock_list(office, view.row.id, typed_again(view))
    other = another_clerk(office)
    disbursement.approve_list(other, view.row.id)
    other.close()
    disbursement.mark_sent(office, view.row.id, "xlsx", "0" * 64)
    return disbursement.load_list(office, view.row.id)


def pay(office: OfficeSession, grant_ids: list[str], day: str) -> None:
    """Lead grants through a list to the bank and back, paid on a day."""
    view = disbursement.load_list(office, disbursement.create_list(office, "发放", grant_ids).id)
    disbursement.lock_list(office, view.row.id, typed_again(view))
    paper = office_papers.add_paper(office, PaperOwner.PAYMENT_LIST, view.row.id, "签字名册.jpg", photo(60, 40))
    disbursement.approve_list(office, view.row.id, paper.id)
    disbursement.mark_sent(office, view.row.id, "csv", "0" * 64)
    lines = disbursement.load_list(office, view.row.id).lines
    disbursement.settle_lines(office, view.row.id, [LineResult(line.id, True, day) for line in lines])
