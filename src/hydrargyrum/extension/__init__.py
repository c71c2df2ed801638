"""The public API of extensions: decorators that declare commands, options, config items, wrappers and hooks.

Built-in commands use exactly these. Declaring only records; `registry` decides what becomes active, `loader` loads.
"""

from __future__ import annotations

from hydrargyrum.extension.declarations import (
    Command,
    Hook,
    Option,
    Registration,
    Wrapper,
    command,
    config_item,
    hook,
    register,
    wrap_command,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension.context import CommandContext, HookContext, ParsedOptions
    from hydrargyrum.extension.queries import fileset_predicate, revset_predicate
    from hydrargyrum.extension.registry import Registry
    from hydrargyrum.extension.templates import template_filter, template_function, template_keyword

__all__ = [
    "Command",
    "CommandContext",
    "Hook",
    "HookContext",
    "Option",
    "ParsedOptions",
    "Registration",
    "Registry",
    "Wrapper",
    "command",
    "config_item",
    "fileset_predicate",
    "hook",
    "register",
    "revset_predicate",
    "template_filter",
    "template_function",
    "template_keyword",
    "wrap_command",
]

_LAZY = {
    "CommandContext": "hydrargyrum.extension.context",
    "HookContext": "hydrargyrum.extension.context",
    "ParsedOptions": "hydrargyrum.extension.context",
    "Registry": "hydrargyrum.extension.registry",
    "fileset_predicate": "hydrargyrum.extension.queries",
    "revset_predicate": "hydrargyrum.extension.queries",
    "template_filter": "hydrargyrum.extension.templates",
    "template_function": "hydrargyrum.extension.templates",
    "template_keyword": "hydrargyrum.extension.templates",
}


def __getattr__(name: str) -> object:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(module), name)
