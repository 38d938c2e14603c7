"""Ejecting a stick: with what the system has, and an honest sentence where it has nothing or refuses."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from neighbours import expect_refusal

from db.exchange import drives, eject
from db.exchange.drives import Drive

STICK = Drive(Path("/media/clerk/下乡U盘"), "下乡U盘", 1 << 30, 2 << 30, "vfat")


class System:
    """A Linux with some tools; remembers what was run and answers as told."""

    def __init__(self, patch: pytest.MonkeyPatch, tools: set[str], failing: set[str], device: str = "/dev/sdb1") -> None:
        self.ran: list[list[str]] = []
        self._failing = failing
        patch.setattr(eject.sys, "platform", "linux")
        patch.setattr(eject.shutil, "which", lambda name: f"/usr/bin/{name}" if name in tools else None)
        patch.setattr(drives, "device_of", lambda _: device)
        patch.setattr(eject.subprocess, "run", self._run)

    def _run(self, command: list[str], **named: Any) -> SimpleNamespace:
        assert named["timeout"]
        self.ran.append(command)
        tool = Path(command[0]).name
        if tool in self._failing:
            raise subprocess.TimeoutExpired(command, named["timeout"])
        return SimpleNamespace(returncode=0 if tool + "!" not in self._failing else 1)


def test_linux__udisks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The device is released by name; nothing else is tried after it worked."""
    system = System(monkeypatch, {"udisksctl", "gio"}, set())
    assert eject.can_eject(STICK)
    eject.eject(STICK)
    (command,) = system.ran
    assert command[0].endswith("udisksctl") and command[-1] == "/dev/sdb1"


@pytest.mark.parametrize("failing", [{"udisksctl"}, {"udisksctl!"}])
def test_linux__gio_when_udisks_fails(monkeypatch: pytest.MonkeyPatch, failing: set[str]) -> None:
    """A refusal or a tool that never returns: the next way."""
    system = System(monkeypatch, {"udisksctl", "gio"}, failing)
    eject.eject(STICK)
    assert [Path(command[0]).name for command in system.ran] == ["udisksctl", "gio"]
    assert system.ran[1][-1] == str(STICK.path)


def test_linux__refused_or_without_tools__says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing works: the sentence tells to eject by hand; without a tool no button is offered."""
    System(monkeypatch, {"gio"}, {"gio!"})
    assert "安全弹出" in expect_refusal(lambda: eject.eject(STICK), "eject_refused").text()
    System(monkeypatch, set(), set())
    assert not eject.can_eject(STICK)
    expect_refusal(lambda: eject.eject(STICK), "eject_refused")
    System(monkeypatch, {"udisksctl"}, set(), device="")
    assert not eject.can_eject(STICK)


class Kernel:
    """Windows: *refuses* is the control code that fails."""

    def __init__(self, refuses: int = 0, handle: int = 7) -> None:
        self.refuses, self.handle = refuses, handle
        self.codes: list[int] = []
        self.closed: list[int] = []

    def CreateFileW(self, name: str, *rest: Any) -> int:
        assert name == "\\\\.\\E:"
        return self.handle

    def DeviceIoControl(self, handle: int, code: int, *rest: Any) -> int:
        self.codes.append(code)
        return int(code != self.refuses)

    def CloseHandle(self, handle: int) -> None:
        self.closed.append(handle)


@pytest.mark.parametrize(
    ("refuses", "code"), [(0, ""), (0x90018, "eject_busy"), (0x90020, "eject_busy"), (0x2D4808, "eject_refused")]
)
def test_windows__locks_dismounts_and_ejects(monkeypatch: pytest.MonkeyPatch, refuses: int, code: str) -> None:
    """The documented order; the handle is given back whatever happens."""
    kernel = Kernel(refuses)
    monkeypatch.setattr(eject.sys, "platform", "win32")
    monkeypatch.setattr(eject, "_kernel32", lambda: kernel)
    stick = Drive(Path("E:/"), "下乡U盘", 1, 2, "fat32")
    assert eject.can_eject(stick)
    if code:
        expect_refusal(lambda: eject.eject(stick), code)
    else:
        eject.eject(stick)
        assert kernel.codes == [0x90018, 0x90020, 0x2D4804, 0x2D4808]
    assert kernel.closed == [7]
    monkeypatch.setattr(eject, "_kernel32", lambda: Kernel(handle=-1))
    expect_refusal(lambda: eject.eject(stick), "eject_refused")


def test_drive_of__only_what_lies_on_a_stick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the place, not by the name."""
    stick = Drive(tmp_path / "stick", "U", 1, 2, "vfat")
    (tmp_path / "stick" / "deep").mkdir(parents=True)
    monkeypatch.setattr(drives, "removable_drives", lambda: [stick])
    assert eject.drive_of(tmp_path / "stick" / "deep" / "a.nuandang") == stick
    assert eject.drive_of(tmp_path / "stick2" / "a.nuandang") is None
