"""One of several processes that use a repository at once: `mixed_worker.py WHO ROOT SECONDS`; WHO: peer, pure, native.

Prints a line of JSON: how many commits, updates and readings there were, and what went wrong.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "unit"), str(HERE)]

from driver import ours  # noqa: E402

from peer import Answer, Peer  # noqa: E402


class Worker:
    """Works in a working copy of its own over the common store."""

    def __init__(self, who: str, root: Path) -> None:
        self.who = who
        self.root = root
        self.peer = Peer() if who == "peer" else None
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.rng = random.Random(f"{who} {root.name}")
        self.known = 0

    def run(self, *args: str) -> Answer:
        """One command, which has to succeed."""
        if self.peer is not None:
            answer = self.peer.run(self.root, *args)
        else:
            answer = ours(self.root, *args, env={"HYG_ENGINE": self.who})
        if answer.code or b"unknown working parent" in answer.err:
            self.problems.append(f"{self.who} {args}: {answer}")
        return answer

    def commit(self) -> None:
        """A changeset with two files that belong together."""
        self.counts["commits"] += 1
        name = f"{self.who}-{self.rng.randrange(6)}"
        for path in (name, f"{name}.twin"):
            (self.root / path).write_text(f"{self.counts['commits']} {self.who} {self.root.name}\n" * 20)
        self.run("add", "-q", name, f"{name}.twin")
        self.run("commit", "-q", "-m", f"{self.who} {self.counts['commits']}", name, f"{name}.twin")

    def update(self) -> None:
        """To some changeset that is there."""
        self.counts["updates"] += 1
        self.run("update", "-q", "-C", str(self.rng.randrange(self.known)) if self.known else "tip")

    def read(self) -> None:
        """All of history, and two files that have to be the same in each changeset."""
        self.counts["readings"] += 1
        told = self.run("log", "-T", "{rev} {node} {files % '{file} '}\n").out.decode().splitlines()
        revs = [int(line.split()[0]) for line in told]
        if revs != list(range(len(revs) - 1, -1, -1)) or len(revs) < self.known:
            self.problems.append(f"{self.who}: {len(revs)} changesets after {self.known}")
        self.known = len(revs)
        names = [name for name in told[0].split()[2:] if not name.endswith(".twin")] if told else []
        for name in names:
            texts = [self.run("cat", "-r", told[0].split()[1], path).out for path in (name, f"{name}.twin")]
            if texts[0] != texts[1] or texts[0].count(b"\n") != 20:
                self.problems.append(f"{self.who}: half a changeset {told[0]}")


def main() -> None:
    who, root, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    worker = Worker(who, root)
    end = time.monotonic() + seconds
    # at least once, however slow the machine is
    while True:
        worker.read()
        worker.commit()
        if worker.rng.random() < 0.4:
            worker.update()
        if time.monotonic() > end:
            break
    if worker.peer is not None:
        worker.peer.close()
    print(json.dumps({"counts": worker.counts, "problems": worker.problems}))


if __name__ == "__main__":
    main()
