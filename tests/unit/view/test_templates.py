"""The template language against the peer's recorded answers, and against random text."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hydrargyrum import errors
from hydrargyrum.config import Config
from hydrargyrum.view.codec import to_bytes
from hydrargyrum.view.formatter import open_formatter
from hydrargyrum.view.templates.declare import Filter, Function, Keyword, builtin_vocabulary
from hydrargyrum.view.templates.environment import Environment, Settings
from hydrargyrum.view.templates.selection import StyleListWanted
from hydrargyrum.view.templates.syntax import parse_template
from unit.view.rows import BASELINE, ROWS, templates

RECORDED = json.loads(BASELINE.read_text(encoding="utf-8"))


class FakeRepository:
    root = "/repo"


def render(template: str, configs: list[str]) -> tuple[bytes, str]:
    config = Config({"HGRCPATH": ""})
    for text in configs:
        key, _, value = text.partition("=")
        config.set(*key.split(".", 1), value, "--config")
    out: list[bytes] = []

    def write(data: str | bytes, label: str) -> None:
        out.append(data if isinstance(data, bytes) else to_bytes(data))

    try:
        formatter = open_formatter(
            "status", template, write, config, settings=Settings(), resources={"repo": FakeRepository()}
        )
        with formatter:
            for status, path, source in ROWS:
                formatter.start_item()
                formatter.data(itemtype="file", path=path)
                formatter.field("status", status, f"{status} ")
                if source is not None:
                    formatter.data(source=source)
    except errors.HgError as error:
        if isinstance(error, StyleListWanted):
            out.append(to_bytes(error.listing))
        hint = error.hint_text()
        return b"".join(out), f"{error.prefix}{error.text()}\n" + (f"({hint})\n" if hint else "")
    return b"".join(out), ""


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["template"])[:60])
def test_same_as_the_peer(case: dict[str, object]) -> None:
    out, error = render(str(case["template"]), list(case["config"]))  # type: ignore[call-overload]
    assert (out, error) == (base64.b64decode(str(case["out"])), case["err"])


def test_the_recorded_answers_are_of_all_templates() -> None:
    assert [(case["template"], tuple(case["config"])) for case in RECORDED] == templates()


PIECES = st.sampled_from(
    [
        *"{}()|%.,='-+*/é1",
        *('"', "\\", "r'", " ", "\n", "\udcff", "\\x"),
        *("path", "status", "upper", "if", "dict", "join", "pad", "get", "splitlines", "sub", "json"),
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_gives_output_or_an_error_of_ours(template: str) -> None:
    out, error = render("{path}" + template, [])
    assert out or error


@given(st.text(max_size=30).filter(lambda text: "{" not in text and "\\" not in text))
def test_text_without_braces_is_itself(text: str) -> None:
    environment = Environment({"": text})
    assert environment.render("", {}) == text


def test_deep_nesting_is_refused_and_does_not_exhaust_the_stack() -> None:
    for opening, closing in (("(", ")"), ("-", ""), ('"{', '}"')):
        with pytest.raises(errors.ParseError, match="nested too deeply"):
            parse_template("{" + opening * 5000 + "path" + closing * 5000 + "}")


def test_the_place_of_an_error_is_counted_in_bytes_and_lines_are_shown_as_one() -> None:
    with pytest.raises(errors.ParseError) as caught:
        parse_template("é\n{a b}")
    error = caught.value
    assert error.detail() == "at 6: invalid token"
    assert error.hint_text() == "é\\n{a b}\n        ^ here"


def test_entries_of_extensions_are_used_like_built_in_ones() -> None:
    vocabulary = builtin_vocabulary().copy()
    vocabulary.add(Keyword("answer", lambda scope: 42))
    vocabulary.add(Filter("twice", lambda text: text * 2, "text"))
    vocabulary.add(Function("bracket", lambda scope, arguments: f"[{arguments['text'].text(scope)}]", "text"))
    environment = Environment({"": "{answer}{path|twice}{bracket(text=path)}"}, vocabulary=vocabulary)
    assert environment.render("", {"path": "p"}) == "42pp[p]"
    assert "answer" not in builtin_vocabulary().keywords


def test_a_keyword_without_its_resource_is_empty() -> None:
    environment = Environment({"": "<{rev}{node}>"})
    assert environment.render("", {}) == "<>"


def test_names_used_include_those_of_templates_within() -> None:
    environment = Environment({"": "{outer}{if(size, flags|upper)}", "outer": "{path}"})
    assert environment.names_used("") == {"outer", "path", "size", "flags"}


def test_a_name_that_hides_a_keyword_gives_way_to_the_resource_of_an_item() -> None:
    class Changeset:
        def __init__(self, user: str) -> None:
            self.user = user

    from hydrargyrum.view.templates.containers import MappingList
    from hydrargyrum.view.templates.values import Overlay

    inner = MappingList([Overlay({}, {"changeset": Changeset("inner")})])
    environment = Environment({"": "{author} {items % '{author}'}"})
    shown = environment.render("", {"author": "hidden", "items": inner}, {"changeset": Changeset("outer")})
    assert shown == "hidden inner"
