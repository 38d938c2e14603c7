"""The private environment: filled when the lock changed, left alone when it did not."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

INSTALLER = Path(__file__).resolve().parents[3] / "installer"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ModuleType]:
    """The module with a lock and a venv of the test's own; installing and creating are only noted."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    import environment

    lock, venv = tmp_path / "requirements.lock", tmp_path / "venv"
    lock.write_text("one==1\n", "utf-8")
    monkeypatch.setattr(environment, "LOCK", lock)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "STAMP", venv / "requirements.stamp")
    environment.done = []

    def create() -> None:
        environment.done.append("create")
        python = environment._venv_python()
        python.parent.mkdir(parents=True)
        python.write_text("", "utf-8")

    monkeypatch.setattr(environment, "_starts", lambda python: python.exists())
    monkeypatch.setattr(environment, "_create_venv", create)
    monkeypatch.setattr(environment, "_install_lock", lambda _python: environment.done.append("install"))
    yield environment
    for name in ("environment", "system_packages"):
        sys.modules.pop(name)


def test_ready_python__first_time__creates_and_installs(environment: ModuleType) -> None:
    """A fresh checkout gets a venv and the locked packages."""
    environment.ready_python()
    assert environment.done == ["create", "install"]


def test_ready_python__same_lock__does_nothing(environment: ModuleType) -> None:
    """The second start does not call pip."""
    environment.ready_python()
    environment.done.clear()
    environment.ready_python()
    assert environment.done == []


def test_ready_python__changed_lock__installs_into_the_same_venv(environment: ModuleType) -> None:
    """A new lock is installed, the venv is kept."""
    environment.ready_python()
    environment.done.clear()
    environment.LOCK.write_text("one==2\n", "utf-8")
    environment.ready_python()
    assert environment.done == ["install"]


def test_ready_python__venv_that_does_not_start__is_made_anew(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted installation leaves no stamp, a removed interpreter no working venv: both are repaired."""
    environment.ready_python()
    environment.STAMP.unlink()
    environment._venv_python().unlink()
    environment._venv_python().parent.rmdir()
    environment.done.clear()
    environment.ready_python()
    assert environment.done == ["create", "install"]


def test_missing_python_packages__without_pip_and_ensurepip__names_the_venv_package(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's bare Python lacks both; the package is the one of this very version."""
    monkeypatch.setattr(environment, "_starts", lambda _python: False)
    monkeypatch.setattr(environment, "_pip_works", lambda _python: False)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _name: None)
    assert environment.missing_python_packages() == [f"python3.{sys.version_info[1]}-venv"]


def test_use_supported_python__too_old_and_no_other__says_which_are_supported(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old system is told what it needs, in both languages."""
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    with pytest.raises(environment.SetupError, match=r"3\.11"):
        environment.use_supported_python()
