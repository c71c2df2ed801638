"""The index of built-in commands says what their modules declare."""

from __future__ import annotations

import importlib
import pkgutil

import hydrargyrum.commands
from hydrargyrum.commands.index import COMMANDS, MISSING
from hydrargyrum.extension.declarations import Command, declarations_of

#: Modules of the package that are no command.
OTHERS = {"global_options", "index"}


def declared(module: str) -> list[Command]:
    name = f"hydrargyrum.commands.{module}"
    importlib.import_module(name)
    return [one for one in declarations_of(name) if isinstance(one, Command)]


def test_index_is_true() -> None:
    found = {}
    for info in pkgutil.iter_modules(hydrargyrum.commands.__path__):
        commands = declared(info.name)
        if commands:
            assert len(commands) == 1, info.name
            found[info.name] = (commands[0].name, *commands[0].aliases)
        elif info.name not in OTHERS:
            # parts that commands share declare nothing
            assert declarations_of(f"hydrargyrum.commands.{info.name}") == []
    assert found == COMMANDS


def test_names_are_there_once() -> None:
    known = [name for names in COMMANDS.values() for name in names]
    missing = [name for names in MISSING for name in names.split("|")]
    assert len(known + missing) == len(set(known + missing))


def test_commands_are_documented() -> None:
    for module in COMMANDS:
        command = declared(module)[0]
        summary, _, rest = command.help.partition("\n")
        assert summary, module
        assert summary[0].islower(), f"{module}: a summary starts with a small letter"
        assert not summary.endswith("."), module
        assert rest.strip(), module
