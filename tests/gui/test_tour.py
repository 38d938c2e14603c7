"""The picture tour covers the whole program: a new page, step or view without a picture is a failure here."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pytestqt.qtbot import QtBot

from db.domain.means_form import MEANS_FORM
from desktop import theme
from desktop.assessment.work_list import STATES
from desktop.forms.wizard import SECTIONS as WIZARD_SECTIONS
from desktop.pages.exchange import ExchangePage
from desktop.pages.settings import SECTIONS as SETTINGS_SECTIONS
from desktop.rooms import PAGES
from desktop.theme import FontSize

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
ALONE = {"exchange", *(f"exchange-{view}" for view in ("overview", "send", "sent", "imports"))}
"""What an office shows of the exchange before anything came back; the rest of it is in the chapter with other offices."""
NEIGHBOURS = {"duplicates", *(f"exchange-{view}" for view in ("visits", "conflicts", "lot", "report", "hand_overs"))}
COUNTY = {"reviews", "review", "settings-review", "calendar"}
CASEWORK = ("home", "archive", "wizard", "assessments", "cases")
"""How pages begin that show one household after the other; the further rooms have chapters of their own."""
TABLES = ("students", "student_support", "graduates", "reports", "cross_table", "charts", "drafts", "evaluation")
"""How pages begin that show many at once."""


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as dev.py runs it: from the installer folder, which is no package."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    import tour

    yield tour
    for name in [name for name in sys.modules if name == "tour" or name.startswith("tour_")]:
        sys.modules.pop(name)


def _wanted() -> set[str]:
    """What the program registers, by the name its picture begins with."""
    wanted = set(PAGES) | {f"settings-{name}" for name, *_ in SETTINGS_SECTIONS}
    wanted |= {f"exchange-{view}" for view in ExchangePage.VIEWS}
    wanted |= {f"wizard-{number}-{section.key.replace('_', '-')}" for number, section in enumerate(WIZARD_SECTIONS, 1)}
    wanted |= {f"archive-means-{section.key.replace('_', '-')}" for section in MEANS_FORM.sections}
    return wanted | {f"assessments-{state.name}" for state in STATES}


def _in_chapter(name: str) -> str:
    """Where the tour has to show *name*: what an office does with its own households comes first."""
    if name in NEIGHBOURS:
        return "neighbours"
    if name in COUNTY or (name.startswith("exchange") and name not in ALONE):
        return "county"
    if name.startswith(("exchange", "settings")):
        return "office"
    if name.startswith(TABLES):
        return "tables"
    return "casework" if name.startswith(CASEWORK) and name != "home_visits" else "rooms"


@pytest.mark.qt_log_level_fail("CRITICAL")
@pytest.mark.parametrize("chapter", ["casework", "office", "rooms", "tables", "county", "neighbours"])
def test_tour__every_page_step_and_view__has_its_picture(qtbot: QtBot, tour: ModuleType, tmp_path: Path, chapter: str) -> None:
    """Walk a chapter and compare what it saved with what the program registers."""
    camera = tour.walk(tmp_path, FontSize.STANDARD, tour.CHAPTERS[chapter], quick=True)
    wanted = {name for name in _wanted() if _in_chapter(name) == chapter}
    missing = {name for name in wanted if not any(taken == name or taken.startswith(f"{name}-") for taken in camera.taken)}
    assert not missing
    assert {path.stem for path in tmp_path.glob("*.bmp")} == set(camera.taken)
    assert camera.faults == []
    theme.apply_theme(theme.QApplication.instance())
