"""The bundle figure: 2 000 archives with 500 MB of photos, in a process of its own so that its peak memory can be told.

Called with arguments this file is that process.
"""

import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyrage
from bench_workshop import PASSPHRASE, Figure, Workshop, milliseconds, peak_megabytes
from PIL import Image

from db.services import archiving, attachments, exchange
from db.services import office as offices
from db.services.archiving import ArchiveQuery

ARCHIVES, PHOTO_BYTES = 2_000, 500_000_000
MEMORY_LIMIT_MB = 300
ROUNDS = 3


def bundle(workshop: Workshop) -> Figure:
    """Export everything to the county's key, beside age encryption and a copy of as many bytes."""
    sender = workshop.filled_office("sender", ARCHIVES)
    county = workshop.new_office("county", level="county")
    card = workshop.folder / "county.card"
    exchange.write_card(county, card)
    exchange.enrol(sender, card)
    photo_bytes = _attach_photos(sender)
    sender.close()
    county.close()
    command = [sys.executable, __file__, str(sender.folder), str(workshop.folder), str(photo_bytes)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"bundle process failed:\n{answer.stderr}")
    outcome: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    notes = {
        "photo_megabytes": round(photo_bytes / 1e6),
        "bundle_megabytes": round(outcome["bundle_bytes"] / 1e6),
        "peak_memory_mb": outcome["peak_mb"],
        "peak_memory_limit_mb": MEMORY_LIMIT_MB,
        "peak_memory_within": outcome["peak_mb"] <= MEMORY_LIMIT_MB,
    }
    return Figure(
        "bundle of 2 000 archives with 500 MB of photos", "pyrage encryption + copy of the same bytes",
        1.5, outcome["floor_ms"], outcome["ours_ms"], ROUNDS, notes,
    )  # fmt: skip


def _attach_photos(session: offices.OfficeSession) -> int:
    """Give every archive photos of noise, which no compression shrinks, until their sizes add up."""
    ids = archiving.archive_ids(session, ArchiveQuery())
    rng = random.Random(5)
    base = Image.frombytes("RGB", (640, 480), rng.randbytes(640 * 480 * 3))
    total, number = 0, 0
    while total < PHOTO_BYTES:
        base.paste(Image.frombytes("RGB", (48, 48), rng.randbytes(48 * 48 * 3)), (number % 500, number % 400))
        out = io.BytesIO()
        base.save(out, "JPEG", quality=85)
        name = f"照片{number}.jpg"
        added = attachments.add_attachment(session, ids[number % len(ids)], name, out.getvalue(), "other")
        total += added.size
        number += 1
    return total


def _measure(folder: Path, out: Path, photo_bytes: int) -> dict[str, Any]:
    session = offices.open_office(folder, PASSPHRASE)
    plain = out / "plain.bin"
    with plain.open("wb") as file:
        for _ in range(photo_bytes // 1_000_000):
            file.write(os.urandom(1_000_000))
    recipients = [pyrage.x25519.Identity.generate().to_public() for _ in range(2)]
    ids = archiving.archive_ids(session, ArchiveQuery())
    floors, ours, bundle_bytes = [], [], 0
    for number in range(ROUNDS):
        target = out / f"stick-{number}"
        target.mkdir()
        ours.append(milliseconds(exchange.export_bundle, session, ids, target))
        bundle_bytes = sum(path.stat().st_size for path in target.rglob("*.nuandang"))
        shutil.rmtree(target)
        peak = peak_megabytes()
        floors.append(milliseconds(_encrypt_and_copy, plain, recipients, out))
    session.close()
    return {
        "floor_ms": statistics.median(floors),
        "ours_ms": statistics.median(ours),
        "bundle_bytes": bundle_bytes,
        "peak_mb": peak,
    }


def _encrypt_and_copy(plain: Path, recipients: list[Any], out: Path) -> None:
    sealed, copied = out / "plain.age", out / "stick.age"
    with plain.open("rb") as reader, sealed.open("wb") as writer:
        pyrage.encrypt_io(reader, writer, recipients)
    shutil.copyfile(sealed, copied)
    with copied.open("rb+") as file:
        os.fsync(file.fileno())
    sealed.unlink()
    copied.unlink()


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
