"""What a killed program leaves half written goes: at the next sign-in, or when something is next written there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import file_household, make_office, photo

from db.services import archiving, attachments, leftovers, printing, workbooks
from db.services.office import ATTACHMENTS, OfficeSession
from db.store import keys, partial_files


@pytest.fixture
def session(tmp_path: Path) -> Iterator[OfficeSession]:
    """An office with one archive."""
    opened, _ = make_office(tmp_path / "office")
    file_household(opened)
    yield opened
    opened.close()


def forsaken(folder: Path, *, alive: bool = False) -> Path:
    """A half written file of another program, which is dead or still *alive*."""
    path = partial_files.claim(folder)
    path.write_text("张秀英")
    handle = partial_files._CLAIMED.pop(path.name)
    if handle is not None and not alive:
        os.close(handle)
    return path


def every_id(session: OfficeSession) -> list[str]:
    return archiving.archive_ids(session, archiving.ArchiveQuery())


def test_sign_in__clears_the_folders_last_written_to(session: OfficeSession, tmp_path: Path) -> None:
    """PDF, Excel and error workbook: wherever they went, a torso of the next one is found."""
    folders = [tmp_path / name for name in ("打印", "导出", "报告")]
    for folder in folders:
        folder.mkdir()
    printing.write_archive_pdf(session, every_id(session), folders[0] / "a.pdf")
    workbooks.export_flat(session, every_id(session), folders[1] / "a.xlsx")
    workbooks.run_import(session, folders[1] / "a.xlsx", report_path=folders[2] / "b.xlsx")
    torsos = [forsaken(folder) for folder in folders]
    assert leftovers.clear_leftovers(session) == 3
    assert not any(torso.exists() for torso in torsos)
    assert leftovers.clear_leftovers(session) == 0


def test_next_file__sweeps_its_folder_first(tmp_path: Path) -> None:
    """Also without a sign-in; what the clerk put there stays."""
    torso, foreign = forsaken(tmp_path), tmp_path / "旧.part"
    foreign.touch()
    workbooks.write_template(tmp_path / "模板.xlsx")
    assert not torso.exists()
    assert sorted(tmp_path.iterdir()) == [foreign, tmp_path / "模板.xlsx"]


def test_sweep__leaves_what_is_being_written(tmp_path: Path) -> None:
    """In another window, and in this one."""
    other, own = forsaken(tmp_path, alive=True), partial_files.claim(tmp_path)
    assert partial_files.sweep(tmp_path) == 0
    assert other.exists()
    assert own.exists()
    partial_files.release(own)
    assert not own.exists()


def test_sign_in__clears_a_photo_half_written(session: OfficeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attachments folder keeps no torsos."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(keys.os, "fsync", die)
        patch.setattr(Path, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            attachments.add_attachment(session, every_id(session)[0], "证.jpg", photo(), "id_card")
    assert leftovers.clear_leftovers(session) == 1
    assert list((session.folder / ATTACHMENTS).iterdir()) == []
