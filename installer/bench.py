"""Measure the program against its floors and print one JSON: `python3 installer/dev.py bench [NAME …]`.

Each figure stands beside the same work done with the bare libraries in the same run. All offices hold invented
households, lie in a temporary folder, and are deleted at the end.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bench_board
import bench_bundle
import bench_duplicates
import bench_evidence
import bench_exchange
import bench_money
import bench_policy
import bench_screen
import bench_services
from bench_workshop import PASSPHRASE, Figure, Workshop, machine

# In this order the large office grows once and never has to be made anew.
FIGURES: dict[str, Callable[[Workshop], Figure | list[dict[str, Any]]]] = {
    "start": bench_screen.start,
    "save": bench_services.save,
    "save_new": bench_services.save_new,
    "print": bench_services.print_forms,
    "evidence": bench_evidence.evidence_file,
    "roster": bench_money.roster,
    "import": bench_services.import_rows,
    "export": bench_services.export_rows,
    "sign_in": bench_screen.sign_in,
    "board": bench_board.board,
    "grant_check": bench_money.grant_check,
    "search": bench_services.search,
    "search_box": bench_screen.search_box,
    "bundle": bench_bundle.bundle,
    "preview": bench_exchange.preview,
    "apply": bench_exchange.apply,
    "assess": bench_policy.assess_households,
    "duplicates": bench_duplicates.find_duplicates,
    "growth": bench_services.growth,
    "tuition_report": bench_money.tuition_report,
    "cross_table": bench_money.cross_table,
}


def main(names: list[str]) -> int:
    """Run the named figures, or all; say on stderr what is under way, print the JSON at the end."""
    unknown = sorted(set(names) - set(FIGURES))
    if unknown:
        print(f"unknown figure: {', '.join(unknown)}; known: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="nuandang-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["NUANDANG_PASSPHRASE"] = PASSPHRASE
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = folder
        workshop = Workshop(Path(folder))
        for name, measure in FIGURES.items():
            if not names or name in names:
                print(f"bench: {name} …", file=sys.stderr, flush=True)
                outcome = measure(workshop)
                found[name] = outcome.as_json() if isinstance(outcome, Figure) else outcome
        workshop.close()
    print(json.dumps({"machine": machine(), "figures": found}, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
