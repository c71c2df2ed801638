"""Processes of both programs commit, update and read at once: readers see whole states, and `verify` is clean.

`HYG_MIXED_SECONDS` says for how long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from peer import Peer, clean_environment

SECONDS = os.environ.get("HYG_MIXED_SECONDS", "4")
WORKER = Path(__file__).parent / "mixed_worker.py"
WHO = ("peer", "pure", "native", "native")


def test_all_at_once(peer: Peer, tmp_path: Path) -> None:
    common = tmp_path / "common"
    peer.ok(tmp_path, "init", str(common))
    workers = []
    for number, who in enumerate(WHO):
        root = tmp_path / f"{number}-{who}"
        peer.ok(tmp_path, "share", "-q", str(common), str(root), "--config", "extensions.share=")
        workers.append(
            subprocess.Popen(
                [sys.executable, str(WORKER), who, str(root), SECONDS],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=clean_environment(),
            )
        )
    counts: Counter[str] = Counter()
    problems: list[str] = []
    for worker in workers:
        out, err = worker.communicate(timeout=300 + 10 * float(SECONDS))
        assert worker.returncode == 0, err.decode()
        told = json.loads(out.splitlines()[-1])
        counts.update(told["counts"])
        problems += told["problems"]
    print(f"\n{dict(counts)} in {SECONDS} s")
    assert not problems, "\n".join(problems)
    checked = peer.run(common, "verify", "-q")
    assert (checked.code, checked.err) == (0, b""), checked
    made = peer.ok(common, "log", "-T", "{node}\n").split()
    assert len(made) == counts["commits"] >= len(WHO)
