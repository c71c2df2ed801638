"""Records what the peer makes of every template: `python tests/unit/view/make_baseline.py` (HYG_PEER names the peer)."""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from rows import BASELINE, templates  # noqa: E402

from peer import Peer  # noqa: E402 (the two directories above are on the path now)


def prepare(peer: Peer, root: Path) -> None:
    """A repository whose status has the rows of `rows`."""
    peer.ok(root.parent, "init", str(root))
    (root / "d/e").mkdir(parents=True)
    for name in ("a", "d/b", "d/e/c"):
        (root / name).write_text(name)
    peer.ok(root, "commit", "-A", "-m", "one", "-d", "0 0")
    peer.ok(root, "copy", "a", "a2")
    (root / "d/b").write_text("changed content")
    peer.ok(root, "remove", "d/e/c")
    for name in ("unk", "m"):
        (root / name).write_text(name)
    peer.ok(root, "add", "m")
    (root / "m").unlink()


def main() -> None:
    peer = Peer()
    found = []
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "repo"
        prepare(peer, root)
        for template, configs in templates():
            options = [word for config in configs for word in ("--config", config)]
            answer = peer.run(root, "status", "-C", "-T", template, *options)
            out = base64.b64encode(answer.out).decode()
            error = answer.err.decode("utf-8", "surrogateescape")
            found.append({"template": template, "config": list(configs), "out": out, "err": error})
    peer.close()
    BASELINE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
