"""The developers' one command: what it says where something is missing, without touching the machine."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import resources

ROOT = Path(__file__).resolve().parents[3]
INSTALLER = ROOT / "installer"


@pytest.fixture
def system_packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as dev.py imports it: from the installer folder, which is no package."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    import system_packages

    yield system_packages
    sys.modules.pop("system_packages")


def without_display() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.mark.parametrize("arguments", [(), ("--demo",), ("some-office",)])
def test_run__without_display_says_so_and_how_to_start(arguments: tuple[str, ...]) -> None:
    """Two languages and the next step instead of an abort of Qt."""
    command = [sys.executable, str(INSTALLER / "dev.py"), "run", *arguments]
    answer = subprocess.run(command, env=without_display(), capture_output=True, text=True, encoding="utf-8", check=False)
    assert answer.returncode == 1
    assert "没有可用的图形界面" in answer.stderr
    assert "There is no display" in answer.stderr
    assert "xvfb-run -a python3 installer/dev.py run" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_dev__refuses_unknown_arguments() -> None:
    """A mistyped option is wrong usage, not silently dropped."""
    command = [sys.executable, str(INSTALLER / "dev.py"), "run", "--dmeo"]
    answer = subprocess.run(command, env=without_display(), capture_output=True, text=True, check=False)
    assert answer.returncode == 2


def test_missing_qt_packages__names_the_package_of_each_missing_library(
    system_packages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the loader cannot find is asked for under its Debian name, each once."""
    monkeypatch.setattr(system_packages, "_loads", lambda library: not library.startswith(("libglib", "libgthread")))
    assert set(system_packages.missing_qt_packages()) == {"libglib2.0-0"}


def test_install_or_explain__without_root_prints_one_command(
    system_packages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's sudo is used; the one command is complete."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(system_packages.SetupError) as problem:
        system_packages.install_or_explain(["libegl1", "libegl1", "python3.11-venv"])
    text = str(problem.value)
    assert "sudo apt-get install -y --no-install-recommends libegl1 python3.11-venv\n" in text
    assert text.count("apt-get") == 1


def test_install_or_explain__without_apt_names_the_packages(
    system_packages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other systems are told what Debian calls the missing pieces."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(system_packages.SetupError, match="libegl1"):
        system_packages.install_or_explain(["libegl1"])


def test_install_or_explain__with_nothing_missing_does_nothing(
    system_packages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No package manager is called on a machine that has everything."""
    called: list[str] = []
    monkeypatch.setattr(shutil, "which", called.append)
    system_packages.install_or_explain([])
    assert called == []


def test_qt_modules__are_those_the_program_imports(system_packages: ModuleType) -> None:
    """Starting Qt beforehand proves something only if it loads every module the windows will load."""
    code = "\n".join(path.read_text("utf-8") for path in (INSTALLER.parent / "desktop").rglob("*.py"))
    assert set(re.findall(r"PySide6\.(Qt\w+)", code)) == set(system_packages.QT_MODULES)


@pytest.mark.parametrize(("available", "chosen", "expected"), [(16 << 20, "", True), (1 << 20, "", False), (16 << 20, "/elsewhere", False)])
def test_memory_folder__only_with_ample_room_and_where_nobody_chose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, available: int, chosen: str, expected: bool
) -> None:
    """The tests' files go into memory only where there is plenty of it."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    import dev

    report = tmp_path / "meminfo"
    report.write_text(f"MemTotal: 1 kB\nMemAvailable:   {available} kB\n", encoding="ascii")
    places = {"/dev/shm": tmp_path, "/proc/meminfo": report}
    monkeypatch.setattr(dev, "Path", lambda name: places[name])
    monkeypatch.setattr(dev.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1 << 40))
    monkeypatch.delenv("TMPDIR", raising=False)
    if chosen:
        monkeypatch.setenv("TMPDIR", chosen)
    assert dev._memory_folder() == (tmp_path if expected else None)
    for name in ("dev", "environment", "system_packages"):
        sys.modules.pop(name, None)


def test_version__is_one_everywhere() -> None:
    """The program, its package, its setup and what clerks are told to click name the same version."""
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    setup = (ROOT / "installer" / "setup.iss").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert package == resources.VERSION
    assert f'#define AppVersion "{package}"' in setup and f"nuandang-setup-{package}.exe" in readme
