"""The checklist of papers by circumstances."""

import pytest

from db.domain.archive_content import ArchiveContent
from db.domain.option_lists import option_list
from db.domain.paper_checklist import aged_types, guess_type, missing_papers, papers_for


def types_for(values: dict[str, object], members: list[dict[str, object]] | None = None) -> set[str]:
    content = ArchiveContent(dict(values), list(members or []))  # type: ignore[arg-type]
    return {code for paper in papers_for(content) for code in paper.types}


@pytest.mark.parametrize(
    ("values", "members", "code"),
    [
        ({"hardship_category": "subsistence_household"}, [], "subsistence_certificate"),
        ({}, [{"id": "m", "health_status": "disabled"}], "disability_certificate"),
        ({"main_hardship_cause": "natural_disaster"}, [], "disaster_proof"),
        ({"secondary_hardship_causes": ["major_illness"]}, [], "diagnosis"),
        ({}, [{"id": "m", "member_identity": "college"}], "enrolment_proof"),
        ({"is_migrant_worker": True}, [], "labour_contract"),
        ({"is_single_parent": True}, [], "single_parent_proof"),
    ],
)
def test_papers_for__case_adds_its_paper(
    values: dict[str, object], members: list[dict[str, object]], code: str
) -> None:
    """Each circumstance asks for its own paper, and only then."""
    assert code in types_for(values, members)
    assert code not in types_for({})


def test_papers_for__subsistence_certificate_replaces_the_income_proof() -> None:
    """A household on subsistence allowance need not prove its income a second time."""
    assert "income_proof" not in types_for({"hardship_category": "subsistence_household"})


def test_missing_papers__one_of_several_is_enough() -> None:
    """A payroll copy stands for the contract of a migrant worker."""
    content = ArchiveContent({"is_migrant_worker": True})
    before = missing_papers(content, ["id_card"])
    after = missing_papers(content, ["id_card", "payroll"])
    assert len(before) - len(after) == 1


def test_papers_for__names_only_known_types() -> None:
    """Every paper of every case is an option of the attachment's type."""
    everything = types_for(
        {
            "main_hardship_cause": "major_illness",
            "secondary_hardship_causes": ["accident"],
            "health_status": "disabled",
            "is_migrant_worker": True,
            "is_single_parent": True,
        },
        [{"id": "m", "member_identity": "college"}],
    )
    assert everything <= set(option_list("document_type").by_code)


def test_guess_type__reads_the_file_name() -> None:
    """Names that say what they are need no choosing."""
    assert guess_type("张三身份证正反面.jpg") == "id_card"
    assert guess_type("2025收入证明.pdf") == "income_proof"
    assert guess_type("IMG_20261121.jpg") is None


def test_aged__twelve_months_to_the_day() -> None:
    """A proof of income lasts twelve months, whatever its neighbours; a leap day does not shorten it; an ID copy never ages."""
    newest = {"income_proof": "2025-11-01", "id_card": "2001-01-01", "diagnosis": "2026-10-01"}
    assert aged_types(newest, "2026-11-01") == {}
    assert aged_types(newest, "2026-11-02") == {"income_proof": "2025-11-01"}
    assert aged_types({"payroll": "2023-03-01"}, "2024-02-29") == {}
    assert aged_types({"payroll": "2023-02-28"}, "2024-02-29") == {"payroll": "2023-02-28"}
