"""`rstdoc()` in both styles: random texts of everything that the notation has, as real Mercurial shows them."""

from __future__ import annotations

import random
from pathlib import Path

from peer import Peer
from unit.driver import ours

PIECES = (
    "* bullet one\n* bullet two\n  goes on",
    "- other",
    "1. numbered\n2. second",
    "(a) thing",
    "paragraph::\n\n   literal   line\n\n   another",
    "text ::\n\n literal",
    "::\n\n  alone",
    ":field: value\n:a long field name here: value text",
    " -a, --all FOO  description\n --bar   text\n -x, --xyz  more",
    "Title\n=====",
    "Deeper\n------",
    "Title again\n===========",
    "term\n  definition of the term\nother\n  more",
    ".. note::\n\n   indented text",
    ".. Warning:: at once\n   and more",
    ".. container:: verbose\n\n  kept\n\n  * item",
    ".. container:: other\n\n  gone\n\n  gone too",
    ".. a comment\n\nafter it",
    "=== ====\na   b\n=== ====\naaa bbbb c\nx   y\n=== ====",
    "=== ==\na   b\n=== ==",
    "`` q `` and :hg:`help` with `quotes`",
    "| line\n| block",
    "some <html> & \"text\" 'quoted'",
    "words that go on and on " * 9,
    "wide 日本語 text\n============",
    "  indented\n  paragraph",
    "",
)


def texts() -> list[str]:
    draw = random.Random(5)
    found = list(PIECES)
    for _ in range(60):
        chosen = draw.choices(PIECES, k=draw.randint(2, 7))
        shift = [
            "\n".join("  " * draw.randint(0, 1) + line for line in piece.split("\n")) for piece in chosen
        ]
        found.append(
            "\n\n".join(draw.choice((piece, moved)) for piece, moved in zip(chosen, shift, strict=True))
        )
    return found


def test_random_texts_in_both_styles(peer: Peer, tmp_path: Path) -> None:
    wanted = texts()
    root = tmp_path / "r"
    peer.ok(tmp_path, "init", str(root))
    # texts come as a configuration's values: those may have several lines
    lines = "".join(
        f"t{number} = " + text.replace("\n", "\n  |") + "\n" for number, text in enumerate(wanted) if text
    )
    (root / ".hg/hgrc").write_text(f"[texts]\n{lines}")
    template = "".join(
        f'{{rstdoc(sub(r"\\n\\|", "\\n", config("texts", "t{number}")), "{style}")}}\n--\n'
        for number, text in enumerate(wanted)
        if text
        for style in ("html", "plain")
    )
    (root / "style").write_text(template)
    expected = peer.ok(root, "log", "-r", "null", "-T", str(root / "style"))
    assert expected.count(b"--\n") > 150
    assert b"<li> bullet one" in expected
    assert b"!" in expected
    assert ours(root, "log", "-r", "null", "-T", str(root / "style")).out == expected


def test_wrong_arguments(peer: Peer, tmp_path: Path) -> None:
    for template in ('{rstdoc("x")}', "{rstdoc()}", '{rstdoc("x", "html", 1)}', '{rstdoc("a *b*", 1)}'):
        words = ("debugtemplate", template)
        assert ours(tmp_path, *words) == peer.run(tmp_path, *words)
