"""The fixed corpus: both engines give the answers, nodes, status, manifests and phases that were recorded of the peer."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import scripting

from peer import Answer, Peer
from unit.driver import ours

SCRIPTS = scripting.scripts()
#: A few are asked of the peer again, so that what is recorded stays true; all of them nightly.
AGAIN = list(SCRIPTS) if os.environ.get("HYG_CRASH_POINTS") == "all" else list(SCRIPTS)[::24]


def test_there_are_enough() -> None:
    assert len(SCRIPTS) >= 60
    assert set(json.loads(scripting.ANSWERS.read_text())) == set(SCRIPTS)


@pytest.mark.parametrize("engine", ["pure", "native"])
def test_scripts(engine: str, peer: Peer, tmp_path: Path) -> None:
    answers = json.loads(scripting.ANSWERS.read_text())
    problems = []
    for number, (theme, lines) in enumerate(SCRIPTS.items()):
        base = tmp_path / str(number)
        base.mkdir()
        scripting.configure(base / "hgrc", lines)
        environment = {"HYG_ENGINE": engine, "HGRCPATH": str(base / "hgrc"), "HGEDITOR": "true"}

        def run(root: Path, *args: str, env: dict[str, str] = environment) -> Answer:
            return ours(root, *args, env=env)

        told = scripting.play(base, lines, run)
        for wanted, found in zip(answers[theme]["told"], told, strict=True):
            if wanted != found:
                problems.append(f"{theme}:\n  peer {wanted}\n  ours {found}")
        with open(base / "repo/.hg/hgrc", "a") as stream:
            stream.write((base / "hgrc").read_text().partition("[extensions]")[0])
            stream.writelines(
                f"[experimental]\n{line.partition('.')[2]}\n" for line in lines if line.startswith("config: ")
            )
        stands = json.loads(json.dumps(scripting.standing(peer, base)))
        for part, wanted in answers[theme]["stands"].items():
            if stands[part] != wanted:
                problems.append(f"{theme}: {part}\n  peer {wanted}\n  ours {stands[part]}")
        checked = peer.run(base / "repo", "verify", "-q")
        if checked.code or checked.err:
            problems.append(f"{theme}: {checked}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("theme", AGAIN)
def test_what_is_recorded(theme: str) -> None:
    recorded = json.loads(scripting.ANSWERS.read_text())[theme]
    assert json.loads(json.dumps(scripting.ask_peer(SCRIPTS[theme]))) == recorded
