"""Every answer of the peer's matcher that is recorded in the table, against the pure engine's."""

from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.matching.build import MatchRequest, build
from hydrargyrum.matching.ignore import load_ignore
from hydrargyrum.matching.roots import directories_above
from hydrargyrum.matching.source import DictSource

TABLE = Path(__file__).parents[2] / "fixtures" / "matching" / "table.tsv"
ROOT = b"/r"


def unquote(item: bytes) -> bytes:
    if item == b"%-":
        return b""
    parts = item.split(b"%")
    return parts[0] + b"".join(bytes([int(part[:2], 16)]) + part[2:] for part in parts[1:])


def items(field: bytes) -> list[bytes]:
    return [unquote(item).replace(b"@R", ROOT) for item in field.split(b" ") if item]


def visit(answer: object) -> bytes:
    if isinstance(answer, frozenset):
        assert answer
        return b"{" + b",".join(sorted(answer)) + b"}"
    return {"none": b"N", "all": b"A", "recursive": b"R"}[answer]


class Table:
    def __init__(self) -> None:
        rows = [line.split(b"\t") for line in TABLE.read_bytes().splitlines()]
        self.paths = [unquote(row[1]) for row in rows if row[0] == b"path"]
        self.dirs = [unquote(row[1]) for row in rows if row[0] == b"dir"]
        self.source = DictSource(
            {ROOT + b"/" + unquote(row[1]): unquote(row[2]) for row in rows if row[0] == b"file"}
        )
        self.rows = rows

    def matched(self, field: bytes) -> set[bytes]:
        bits = int(field, 16)
        return {path for index, path in enumerate(self.paths) if bits >> index & 1}


@pytest.fixture(scope="module")
def table() -> Table:
    return Table()


def request_of(row: list[bytes]) -> MatchRequest:
    default, cwd, patterns, include, exclude = row[1:6]
    return MatchRequest(
        ROOT,
        unquote(cwd),
        patterns=items(patterns),
        include=items(include),
        exclude=items(exclude),
        default_kind=unquote(default),
    )


def test_command_line_patterns_answer_as_the_peer_does(table):
    wrong = []
    cases = [row for row in table.rows if row[0] == b"case"]
    for row in cases:
        matcher = build(request_of(row), table.source)
        # the root is no file, and the peer's kinds disagree about it
        expected = table.matched(row[6]) - {b""}
        found = {path for path in table.paths if path and matcher.matches(path)}
        if found != expected:
            wrong.append((row[1:6], "extra", found - expected, "missing", expected - found))
        visits = [visit(matcher.visit_children(directory)) for directory in table.dirs]
        if visits != [unquote(answer) for answer in row[7].split(b";")]:
            wrong.append((row[1:6], visits))
        if list(matcher.explicit_paths) != items(row[8]):
            wrong.append((row[1:6], matcher.explicit_paths))
    assert not wrong
    assert len(cases) > 1000


def test_wrong_patterns_are_refused_with_the_peers_sentence(table):
    cases = [row for row in table.rows if row[0] == b"error"]
    for row in cases:
        with pytest.raises(errors.EngineError) as caught:
            build(request_of(row), table.source)
        text = caught.value.text()
        if caught.value.hint_text():
            text += "\n" + caught.value.hint_text()
        expected = unquote(row[6]).replace(b"@R", ROOT).decode("utf-8", "surrogateescape")
        assert text == expected, row[1:6]
    assert len(cases) > 100


def test_ignore_files_answer_as_the_peer_does(table):
    cases = 0
    for row in table.rows:
        if row[0] == b"ignoreerror":
            with pytest.raises(errors.EngineError) as caught:
                load_ignore(ROOT, items(row[1]), table.source)
            assert caught.value.text() == unquote(row[2]).replace(b"@R", ROOT).decode()
        elif row[0] == b"ignore":
            cases += 1
            matcher = load_ignore(ROOT, items(row[1]), table.source)
            alone = table.matched(row[2])
            for path in table.paths:
                ignored = path in alone or any(above in alone for above in directories_above(path))
                assert matcher.ignores_or_above(path) == ignored, (row[1], path)
                if not any(above in alone for above in directories_above(path)):
                    assert matcher.ignores_file(path) == (path in alone), (row[1], path)
            warnings = [warning.text().encode() for warning in matcher.warnings]
            assert warnings == items(row[3])
    assert cases > 15
