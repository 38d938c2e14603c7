"""The private Python environment of a source checkout: create `.venv` and fill it from the lock.

Standard library only: this runs before anything is installed, on machines that may lack pip or ensurepip.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from system_packages import SetupError

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "installer" / "requirements.lock"
STAMP = VENV / "requirements.stamp"
OLDEST, NEWEST_EXCLUDED = (3, 11), (3, 14)


def use_supported_python() -> None:
    """Start again under a supported interpreter when `python3` of this machine is too old or too new."""
    if OLDEST <= sys.version_info[:2] < NEWEST_EXCLUDED:
        return
    for minor in range(NEWEST_EXCLUDED[1] - 1, OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])
    raise SetupError(
        "需要 Python 3.11 至 3.13，本机没有找到。",
        f"Python 3.11 to 3.13 is needed; this is {sys.version.split()[0]} and no other was found.",
    )


def ready_python() -> Path:
    """Return the interpreter of `.venv`, creating it and installing the lock when either is out of date."""
    python = _venv_python()
    fingerprint = _fingerprint()
    if python.exists() and STAMP.exists() and STAMP.read_text("utf-8") == fingerprint:
        return python
    if not _starts(python):
        _create_venv()
    print("正在安装组件（只在第一次或组件清单变动时）… / Installing the locked packages …", flush=True)
    _install_lock(python)
    STAMP.write_text(fingerprint, "utf-8")
    return python


def missing_python_packages() -> list[str]:
    """Return what Debian splits off its Python, where nothing else on this machine could bring pip into the venv."""
    if _starts(_venv_python()) or importlib.util.find_spec("ensurepip") or _pip_works(Path(sys.executable)):
        return []
    return [f"python3.{sys.version_info[1]}-venv"]


def _venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _fingerprint() -> str:
    """What the installed set depends on: the lock, and the interpreter its wheels were chosen for."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{digest} {sys.version_info[0]}.{sys.version_info[1]}\n"


def _starts(python: Path) -> bool:
    """A venv whose base interpreter was removed or replaced still has its files, but does not start."""
    if not python.exists():
        return False
    code = "import sys; print(*sys.version_info[:2])"
    answer = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _create_venv() -> None:
    print(f"正在创建运行环境 / Creating {VENV.name} …", flush=True)
    # Debian splits ensurepip off the interpreter; a pip of the system can then fill the venv from outside.
    extra = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    answer = subprocess.run([sys.executable, "-m", "venv", "--clear", *extra, str(VENV)], check=False)
    if answer.returncode:
        raise SetupError("运行环境创建失败，原因见上。", "The virtual environment could not be created, see above.")


def _pip_works(python: Path) -> bool:
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _install_lock(python: Path) -> None:
    """Install exactly the locked files: every archive must match its hash, nothing is built on this machine."""
    pip = [str(python), "-m", "pip"] if _pip_works(python) else [sys.executable, "-m", "pip", "--python", str(python)]
    command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupError(
            "组件安装失败，原因见上。请检查网络或本单位的软件源设置后再运行一次。",
            "pip could not install the lock, see above. Check the network or pip's index settings, then run again.",
        )
