"""Help: topics and sections, looking for words, extensions; the names are the peer's, the words are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hydrargyrum.cli.dispatch import builtin_registry
from hydrargyrum.commands.help_topics import CATEGORIES, all_topics
from hydrargyrum.commands.index import BEYOND_THE_PEER, MISSING
from hydrargyrum.config import Config
from hydrargyrum.view.prose import parse, section, to_markdown
from peer import Peer
from unit.driver import ours, peer_process

#: Topics that only one side has.
NOT_HERE: set[str] = set()
NOT_THERE = {"sql"}


def shown(tmp_path: Path, *args: str) -> str:
    answer = ours(tmp_path, "help", *args)
    assert answer.code == 0, answer.err
    return answer.out.decode()


def listed_topics(text: str) -> set[str]:
    return set(re.findall(r"^ ([a-z-]+)", text.partition("additional help topics:")[2], re.MULTILINE))


def test_topics_are_those_of_the_peer(peer: Peer, tmp_path: Path) -> None:
    theirs = listed_topics(peer.ok(tmp_path, "help").decode())
    found = listed_topics(shown(tmp_path))
    assert found - NOT_THERE == theirs - NOT_HERE
    assert len(found) > 20


def by_category(text: str) -> dict[str, str]:
    found, heading = {}, ""
    for line in text.partition("additional help topics:")[0].splitlines():
        if line.endswith(":") and not line.startswith(" "):
            heading = line
        elif re.match(" [a-z]", line):
            found[re.split("[ ,]", line)[1]] = heading
    return found


@pytest.mark.parametrize("verbose", [[], ["-v"]])
def test_commands_are_listed_where_the_peer_lists_them(
    peer: Peer, tmp_path: Path, verbose: list[str]
) -> None:
    theirs = by_category(peer.ok(tmp_path, "help", *verbose).decode())
    found = by_category(shown(tmp_path, *verbose))
    missing = {name for names in MISSING for name in names.split("|")}
    assert {name: heading for name, heading in found.items() if name not in BEYOND_THE_PEER} == {
        name: heading for name, heading in theirs.items() if name not in missing
    }


def usage(text: str) -> tuple[str, list[str]]:
    """The synopsis, and the options by short and long name and what they take."""
    options = re.findall(r"^ (-.|  ) (--\S+(?: [A-Z][^ a-z]*)?(?: \[\+\])?)", text, re.MULTILINE)
    return text.splitlines()[0], [" ".join(option) for option in options]


def test_synopsis_and_options_are_the_peers(peer: Peer, tmp_path: Path) -> None:
    asked = [entry.names[0] for entry in builtin_registry(Config({})).entries() if entry.known]
    asked = [name for name in asked if name not in BEYOND_THE_PEER]
    wide = {"COLUMNS": "300"}
    differing = {}
    for name in asked:
        theirs = usage(peer.run(tmp_path, "help", "-v", "-c", name, env=wide).out.decode())
        found = usage(ours(tmp_path, "help", "-v", "-c", name, env=wide).out.decode())
        if theirs != found:
            differing[name] = theirs, found
    assert not differing
    assert len(asked) > 60


def test_all_names_of_a_topic_show_it(tmp_path: Path) -> None:
    for topics in CATEGORIES.values():
        for names in topics:
            texts = {shown(tmp_path, name).partition("\n(use")[0] for name in names}
            assert len(texts) == 1
            text = texts.pop()
            assert len(text.splitlines()) > 5
            assert "{{" not in text
            assert max(map(len, text.splitlines())) < 120


def test_words_are_our_own(peer: Peer, tmp_path: Path) -> None:
    def sentences(text: str) -> set[str]:
        words = re.sub(r"[\s\"'`]+", " ", text).lower()
        return {one.strip() for one in re.split(r"(?<=[.:;])\s", words) if len(one.strip()) > 40}

    registry = builtin_registry(Config({}))
    for _heading, topic in all_topics():
        if topic.names[0] in NOT_THERE:
            continue
        theirs = sentences(peer.ok(tmp_path, "help", topic.names[0]).decode())
        assert theirs
        assert not theirs & sentences(topic.text(registry)), topic.names[0]


def test_lists_name_what_is_there(tmp_path: Path) -> None:
    for topic, names in {
        "revisions": ["- ancestors(set[, depth]): ", "- only(set, [set]): "],
        "filesets": ["- size(expression): ", "- modified(): "],
        "templates": ["- files: ", "- firstline: ", "- ifeq(left, right, then[, else]): "],
        "config": ["- ui.merge\n", "- diff.unified"],
        "extensions": ["- strip: "],
        "sql": ["- changes: rev, path, status\n"],
    }.items():
        text = shown(tmp_path, topic)
        assert all(name in text for name in names), topic
    assert "internal" not in shown(tmp_path, "revisions.Predicates")


def test_sections(tmp_path: Path) -> None:
    hooks = shown(tmp_path, "config.hooks")
    assert hooks.startswith("    Hooks\n    =====\n\n    ")
    assert "Known items" not in hooks
    assert shown(tmp_path, "revsets.only").startswith("    - only(set, [set]): ")
    assert "- ui.username\n" in shown(tmp_path, "config.ui")
    assert shown(tmp_path, "merge-tools.which-one").startswith("    Which one\n")
    for name in ("config.nosuch", "update.nosuch"):
        refused = ours(tmp_path, "help", name)
        assert (refused.code, refused.err) == (255, f"abort: help section not found: {name}\n".encode())


def test_a_command_of_the_name_of_a_topic(tmp_path: Path) -> None:
    assert shown(tmp_path, "config").endswith(
        "\n(use 'hg help -c config' to see help for the config command)\n"
    )
    assert shown(tmp_path, "-c", "config").startswith("hg config [-u] [NAME]...\n\naliases: showconfig")
    assert ours(tmp_path, "help", "-c", "phases").err.startswith(b"abort: no such help topic: phases\n")


@pytest.mark.parametrize("word", ["nosuch", "topic.x"])
def test_what_is_not_there(peer: Peer, tmp_path: Path, word: str) -> None:
    answer = ours(tmp_path, "help", word)
    assert answer.code == 255
    assert answer.err.startswith(f"abort: no such help topic: {word}\n".encode())
    if "." not in word:
        assert answer == peer.run(tmp_path, "help", word)


def test_looking_for_words(tmp_path: Path) -> None:
    text = shown(tmp_path, "-k", "Obsolete")
    assert "Topics:\n\n" in text
    assert re.search(r"^ evolution +Rewriting history with markers$", text, re.MULTILINE)
    assert "\nExtension Commands:\n\n" in shown(tmp_path, "-k", "unamend")
    assert shown(tmp_path, "-c").startswith("Commands:\n\n add ")
    assert "Commands:" not in shown(tmp_path, "-e", "-k", "strip").replace("Extension Commands:", "")
    assert ours(tmp_path, "help", "-k", "zzzz").err.startswith(b"abort: no matches\n")


def test_extensions(tmp_path: Path) -> None:
    assert shown(tmp_path, "-e").startswith("Extensions:\n\n amend ")
    text = shown(tmp_path, "strip")
    assert text.startswith("strip extension - strip changesets")
    assert text.endswith("\n(use 'hg help extensions' for information on enabling extensions)\n")
    assert shown(tmp_path, "unamend").startswith(
        "'unamend' is provided by the following extension:\n\n    uncommit "
    )
    enabled = ours(tmp_path, "help", "--config", "extensions.strip=").out.decode()
    assert "\nenabled extensions:\n\n strip " in enabled
    on = ours(tmp_path, "help", "-e", "strip", "--config", "extensions.strip=").out.decode()
    assert "(use 'hg help extensions'" not in on


def test_text_becomes_markdown() -> None:
    text = "# Title\n\nSome `code` and\nmore.\n\n- `a.b`: one\n  goes on\n- two\n\n  literal\n\n```\nx\n```\n"
    blocks = parse(text)
    assert [block.kind for block in blocks] == ["heading", "paragraph", "item", "item", "literal", "literal"]
    assert blocks[2].term == "a.b"
    assert [block.text for block in section(blocks, "a")] == ["`a.b`: one goes on"]
    assert to_markdown(blocks, deeper=1).startswith(
        "## Title\n\nSome `code` and more.\n\n- `a.b`: one goes on\n- two\n\n```text\nliteral\n```\n"
    )


def test_unknown_commands_of_extensions(peer: Peer, tmp_path: Path) -> None:
    theirs, found = (run(tmp_path, "strip") for run in (peer.run, lambda *args: ours(*args)))
    assert found.code == theirs.code
    assert found.err == theirs.err
    assert found.out.splitlines()[:2] == theirs.out.splitlines()[:2]
    assert found.out.splitlines()[2].startswith(b"    strip         strip changesets")
    assert found.out.splitlines()[-2:] == theirs.out.splitlines()[-2:]


def test_aliases_are_listed_where_they_are_documented(tmp_path: Path) -> None:
    (tmp_path / "rc").write_text(
        "[alias]\nfirst = log -l1\nfirst:doc = Shows the first.\nfirst:category = navigation\nsecond = log -l2\n"
        "third = !echo\nthird:doc = Echoes.\nthird:help = [WORD]...\n"
    )

    def help(*args: str) -> str:
        return ours(tmp_path, "help", *args, env={"HGRCPATH": str(tmp_path / "rc")}).out.decode()

    assert re.search(r"^ first +Shows the first\.$", help(), re.MULTILINE)
    assert "second" not in help("-c")
    assert re.search(r"^ second +show revision history", help("-v"), re.MULTILINE)
    assert help("third").startswith("hg third [WORD]...\n\nshell alias for: echo\n\nEchoes.\n\ndefined by:")


def test_what_is_hidden_is_not_listed(tmp_path: Path) -> None:
    hidden = "--config", "help.hidden-command.clone=yes", "--config", "help.hidden-topic.phases=yes"
    text = shown(tmp_path, *hidden)
    assert "\n clone " not in text
    assert "\n phases " not in text
    assert "\n init " in text
    assert "\n phases " not in shown(tmp_path, "-k", "phase", *hidden)
    assert shown(tmp_path, "phases", *hidden).startswith("Phases\n")


def test_debugging_commands(tmp_path: Path) -> None:
    assert shown(tmp_path, "debug").startswith("debug commands (internal and unsupported):\n\n debug")
    assert "\n debug" not in shown(tmp_path)


@pytest.mark.parametrize(
    "definition", ["bargle", "s", "", "log 'x", "status -R elsewhere", "log --config a.b=c"]
)
def test_aliases_with_problems(peer: Peer, tmp_path: Path, definition: str) -> None:
    (tmp_path / "rc").write_text(f"[alias]\nbroken = {definition}\n")
    env = {"HGRCPATH": str(tmp_path / "rc")}
    theirs = peer_process(tmp_path, "help", "broken", env=env)
    assert theirs.out
    assert ours(tmp_path, "help", "broken", env=env) == theirs
