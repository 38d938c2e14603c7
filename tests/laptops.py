"""Two machines of one office for tests: the desk, its home-visit laptops, and what travels between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from factories import PASSPHRASE, make_office

from db.services import archiving, exchange, visits
from db.services.office import OfficeSession


def add_laptop(desk: OfficeSession, folder: Path, name: str = "外出电脑一") -> OfficeSession:
    """A laptop of the desk's office, each enrolled at the other."""
    card = folder / f"desk-{name}.nuandang-card"
    exchange.write_card(desk, card)
    laptop, _ = visits.set_up_laptop(folder / name, card, name, "李秀兰", PASSPHRASE, light=True)
    other = folder / f"{name}.nuandang-card"
    exchange.write_card(laptop, other)
    exchange.enrol(desk, other)
    return laptop


@contextmanager
def desk_and_laptop(folder: Path) -> Iterator[tuple[OfficeSession, OfficeSession, Path]]:
    """A township's desk, its laptop, and a stick."""
    desk, _ = make_office(folder / "desk")
    laptop = add_laptop(desk, folder)
    stick = folder / "stick"
    stick.mkdir()
    yield desk, laptop, stick
    desk.close()
    laptop.close()


def take_along(
    desk: OfficeSession, laptop: OfficeSession, stick: Path, ids: list[str], access: str = visits.WRITE, **more: bool
) -> None:
    """Check out and read in on the laptop."""
    summary = visits.check_out(desk, laptop.office.laptop_id, ids, access, stick, **more)
    exchange.receive_bundle(laptop, summary.path)


def hand_in(desk: OfficeSession, laptop: OfficeSession, stick: Path, *, receipt: bool = True) -> exchange.ReceiveOutcome:
    """Check in: the preview says what is done; the laptop reads the desk's receipt."""
    summary = visits.check_in(laptop, stick)
    preview = exchange.inspect_bundle(desk, summary.path)
    outcome = exchange.receive_bundle(desk, summary.path)
    assert (preview.new_count, preview.changed_count) == (outcome.new_count, outcome.changed_count)
    assert outcome.receipt, outcome.receipt_problem
    if receipt:
        exchange.receive_bundle(laptop, outcome.receipt.path)
    return outcome


def edit(session: OfficeSession, archive_id: str, **values: str) -> None:
    """Change some answers."""
    content = archiving.load_archive(session, archive_id).content
    content.values |= values
    archiving.save_archive(session, content, archive_id)
