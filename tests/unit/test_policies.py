"""The policy book of an office: which version of which pack counts on a day, and the standards of its regions."""

from pathlib import Path

import policy_texts
import pytest
from factories import make_office
from neighbours import expect_refusal, unchanged
from sqlalchemy import text

from db.domain.policy.book import packaged_book
from db.services import policies
from db.services.office import OfficeSession
from db.services.policies import NewSource, NewStandard

NOTICE = NewSource("关于提高低保标准的通知", "云溪市民政局", "云民〔2026〕9号")


def take(session: OfficeSession, path: Path, **changes: str) -> policies.LoadedPack:
    """Take the invented pack into the office's book as IT staff would."""
    path.write_text(policy_texts.pack_text(**changes), encoding="utf-8")
    offer = policies.read_policy_file(session, path, allow_unsigned=True)
    assert policies.accept_policy(session, offer)
    assert offer.pack is not None
    return offer.pack


def row_of(session: OfficeSession, version: str, on: str = "2026-06-01") -> policies.PolicyRow:
    """The line of one version of the invented pack."""
    rows = [row for row in policies.policy_rows(session, on) if (row.pack_id, row.version) == ("yunxi-2024", version)]
    return rows[0]


def journal(session: OfficeSession) -> list[str]:
    """What the journal says was done."""
    with session.database.reading() as connection:
        return [row[0] for row in connection.execute(text("SELECT action FROM journal ORDER BY seq"))]


# -- the book -----------------------------------------------------------------------------------------------------


def test_book__of_a_new_office__is_the_packaged_one(office: OfficeSession) -> None:
    """Five packs come with the program, each with its documents and open questions."""
    book = policies.policy_book(office)
    assert book.packs == packaged_book().packs
    rows = policies.policy_rows(office, "2022-07-01")
    expected = ["huangshan-2022", "qianshan-2020", "qinghai-2022", "shandong-edu-2016", "wuzhou-2017"]
    assert [row.pack_id for row in rows] == expected
    assert all(row.sources and row.sha256 and row.origin_label == "随程序" and not row.fault for row in rows)
    assert {row.pack_id: row.state for row in rows}["qianshan-2020"] == "past"
    qinghai = next(row for row in rows if row.pack_id == "qinghai-2022")
    assert qinghai.region_names == ("青海省",) and qinghai.state_label == "现行"
    assert any("57号" in item.question for item in qinghai.unset)


def test_book__versions__count_by_their_days(office: OfficeSession, tmp_path: Path) -> None:
    """Each version holds from its first day until the next one begins; of two for the same day the higher number."""
    take(office, tmp_path / "1.toml")
    take(office, tmp_path / "2.toml", version="2", begins="2026-01-01")
    take(office, tmp_path / "3.toml", version="3", begins="2026-01-01")
    book = policies.policy_book(office)
    answers = {
        day: found.pack.version if (found := book.pack("yunxi-2024", day)) else None
        for day in ("2023-12-31", "2024-01-01", "2025-12-31", "2026-01-01", "2030-01-01")
    }
    assert list(answers.values()) == [None, "1", "1", "3", "3"]
    first, second, third = (row_of(office, version) for version in "123")
    assert (first.in_force_from, first.in_force_to, first.state) == ("2024-01-01", "2025-12-31", "past")
    assert (second.in_force_from, second.state) == (None, "superseded")
    assert (third.in_force_from, third.in_force_to, third.state) == ("2026-01-01", None, "in_force")
    assert row_of(office, "3", "2025-06-01").state == "future"


def test_book__a_text_of_a_newer_program__is_listed_with_its_fault(office: OfficeSession, tmp_path: Path) -> None:
    """What this program cannot read does not stop the rest; the list says why it is not used."""
    take(office, tmp_path / "1.toml")
    with office.database.writing() as connection:
        connection.execute(text("DROP TRIGGER policy_text_is_kept"))
        connection.execute(text("UPDATE policy_version SET text = replace(text, 'format = 1', 'format = 2')"))
    assert policies.policy_book(office).pack("yunxi-2024") is None
    row = row_of(office, "1")
    assert row.state_label == "不能用" and "第 2 行" in row.fault and row.loaded is None


def test_source__not_compared_for_a_year__is_marked(office: OfficeSession, tmp_path: Path) -> None:
    """The list warns where nobody has looked at the document for long."""
    take(office, tmp_path / "1.toml")
    assert not row_of(office, "1", "2027-10-01").sources[0].is_old
    assert row_of(office, "1", "2027-10-02").sources[0].is_old


def test_keep_pack__once_and_for_ever(office: OfficeSession) -> None:
    """The text an assessment rests on is kept once, and keeping it does not bring it into the book."""
    loaded = policy_texts.pack()
    for _ in range(2):
        with office.database.writing() as connection:
            policies.keep_pack(connection, office, loaded)
    assert policies.policy_book(office).packs == packaged_book().packs
    with office.database.reading() as connection:
        kept = connection.execute(text("SELECT text, is_current FROM policy_version")).all()
    assert [tuple(row) for row in kept] == [(policy_texts.PACK, 0)]


# -- choosing -----------------------------------------------------------------------------------------------------


def test_chosen_policy__follows_the_region(office: OfficeSession, tmp_path: Path) -> None:
    """An office in 潜山 works by the pack of 潜山 while it holds, and by none when there are two."""
    found = policies.chosen_policy(office, "2020-06-01")
    assert found is not None and found.pack.id == "qianshan-2020"
    assert policies.chosen_policy(office, "2023-12-31") is None
    take(office, tmp_path / "1.toml", begins="2020-03-01")
    assert policies.chosen_policy(office, "2020-06-01") is None
    later = policies.chosen_policy(office, "2021-01-01")
    assert later is not None and later.pack.id == "yunxi-2024"


def test_choose_policy__goes_before_the_region(office: OfficeSession) -> None:
    """What the office chose counts, and only on days when it is in force; an unknown one cannot be chosen."""
    policies.choose_policy(office, "qinghai-2022")
    found = policies.chosen_policy(office, "2022-07-01")
    assert found is not None and found.pack.id == "qinghai-2022"
    assert policies.chosen_policy(office, "2020-06-01") is None
    assert [row.pack_id for row in policies.policy_rows(office, "2022-07-01") if row.is_chosen] == ["qinghai-2022"]
    with unchanged(office):
        fault = expect_refusal(lambda: policies.choose_policy(office, "nowhere-2022"), "policy_unknown")
    assert "qianshan-2020" in fault.text()
    policies.choose_policy(office, "")
    found = policies.chosen_policy(office, "2020-06-01")
    assert found is not None and found.pack.id == "qianshan-2020"
    assert journal(office).count("choose_policy") == 2


# -- standards ----------------------------------------------------------------------------------------------------


def standard(**changes: object) -> NewStandard:
    """A figure to add."""
    values = {"topic": "subsistence", "region_codes": ["340882"], "area": "urban", "begins": "2026-07-01", "amount": "760"}
    return NewStandard(**{**values, "source": NOTICE, "clause": "第一条", **changes})  # type: ignore[arg-type]


def test_add_standard__is_found_from_its_day_on(office: OfficeSession) -> None:
    """Region, area and day must fit; the citation names the new document; nothing is inherited."""
    assert policies.add_standard(office, standard())
    assert policies.add_standard(office, standard(area="rural", amount="690.5"))
    book = policies.policy_book(office)
    hit = book.standard("subsistence", "340882", "urban", "2026-07-01")
    assert hit is not None and (hit.amount, hit.citation) == (760, "《关于提高低保标准的通知》第一条")
    assert str(book.standard("subsistence", "340882", "rural", "2026-08-01").amount) == "1381/2"  # type: ignore[union-attr]
    assert book.standard("subsistence", "340882", "urban", "2026-06-30") is None
    assert book.standard("subsistence", "340882100", "urban", "2026-07-01") is None
    rows = [row for row in policies.standards_rows(office, "2026-08-01") if row.origin == policies.EDITED]
    assert [(row.region_name, row.area_label, row.amount, row.is_in_force) for row in rows] == [
        ("安庆市 / 潜山市", "农村", "690.5", True),
        ("安庆市 / 潜山市", "城市", "760", True),
    ]


def test_add_standard__known_for_that_day__is_replaced_only_on_purpose(office: OfficeSession) -> None:
    """The same again changes nothing; another amount is refused with what is known, unless it is a correction."""
    policies.add_standard(office, standard(region_codes=["340882", "340826"]))
    with unchanged(office):
        assert not policies.add_standard(office, standard())
        fault = expect_refusal(lambda: policies.add_standard(office, standard(amount="780")), "standard_repeated")
    assert "760" in fault.text() and "通知" in fault.text()
    assert policies.add_standard(office, standard(amount="780"), correct=True)
    book = policies.policy_book(office)
    amounts = {code: book.standard("subsistence", code, "urban", "2026-07-01").amount for code in ("340882", "340826")}  # type: ignore[union-attr]
    assert amounts == {"340882": 780, "340826": 760}


def test_add_standard__of_the_packaged_table__is_corrected_here(office: OfficeSession) -> None:
    """The office's own figure stands before the packaged one of the same day."""
    known = policies.policy_book(office).standard("subsistence", "340882", "urban", "2020-06-01")
    assert known is not None and known.amount == 585
    change = standard(begins=known.begins, amount="586", area="any")
    expect_refusal(lambda: policies.add_standard(office, change), "standard_repeated")
    policies.add_standard(office, change, correct=True)
    own = policies.policy_book(office).standard("subsistence", "340882", "urban", "2020-06-01")
    assert own is not None and own.amount == 586


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"topic": "moon"}, "standard_unknown_topic"),
        ({"region_codes": []}, "standard_no_region"),
        ({"region_codes": ["999999"]}, "unknown_region"),
        ({"area": "town"}, "not_in_list"),
        ({"amount": "0"}, "policy_bad_figure"),
        ({"amount": "-5"}, "policy_bad_figure"),
        ({"amount": "很多"}, "policy_bad_figure"),
        ({"amount": "79800"}, "standard_too_high"),
        ({"begins": "2026-02-30"}, "policy_bad_day"),
        ({"ends": "2026-06-30"}, "policy_ends_before"),
        ({"clause": " "}, "policy_needs_source"),
        ({"source": NewSource("", "民政局")}, "policy_source_needs"),
    ],
)
def test_add_standard__what_cannot_be__is_refused(office: OfficeSession, change: dict[str, object], code: str) -> None:
    """A sentence says what is wrong; nothing is stored."""
    with unchanged(office):
        expect_refusal(lambda: policies.add_standard(office, standard(**change)), code)


def test_topics__packs_ask_for_more_than_tables_hold(office: OfficeSession) -> None:
    """低保标准 first; a figure can be added for whatever a pack refers to."""
    known = policies.topics(policies.policy_book(office))
    assert next(iter(known)) == "subsistence"
    assert known["minimum_wage"] == "最低工资标准"
    policies.add_standard(office, standard(topic="minimum_wage", area="any", amount="2060"))
    rows = [row for row in policies.standards_rows(office) if row.topic == "minimum_wage"]
    assert [(row.unit_label, row.area_label) for row in rows] == [("元每月", "城乡一样")]


def test_offices__do_not_share_their_versions(office: OfficeSession, tmp_path: Path) -> None:
    """What one office adds is its own until it is delivered."""
    other, _ = make_office(tmp_path / "other", "黄铺镇总工会")
    take(office, tmp_path / "1.toml")
    policies.add_standard(office, standard())
    assert policies.policy_book(other) == packaged_book()
    other.close()
