"""An example of an extension: a command, a config item, an option more for `status`, hooks, lifecycle functions."""

from __future__ import annotations

from hydrargyrum.extension import (
    CommandContext,
    HookContext,
    Option,
    Registry,
    command,
    config_item,
    hook,
    register,
    wrap_command,
)

from . import texts

__version__ = "1.2"

config_item("greeting", "who", default="world")

register("greeting-words", "loud", str.upper)


@command(
    "greet",
    options=[Option("l", "loud", "shout"), Option("n", "times", "how often", default=1, metavar="NUM")],
    synopsis="[-l] [NAME]",
    aliases=["hello-there"],
    category="misc",
    norepo=True,
    max_args=1,
)
def greet(context: CommandContext) -> int:
    """greet somebody

    Returns 0, as greeting always works.
    """
    who = context.args[0] if context.args else context.config.text("greeting", "who")
    line = texts.greeting(who or "nobody")
    if context.options.flag("loud"):
        shout = context.registry.registered("greeting-words")["loud"]
        line = shout(line)  # type: ignore[operator]
    context.ui.write(f"{line}\n" * context.options.number("times"), "greeting.line")
    return 0


@wrap_command("st", options=[Option("", "greet", "say hello first")])
def greet_before_status(original, context):  # type: ignore[no-untyped-def]
    """Says hello before the files if asked to, and never changes what `status` says."""
    if context.options.flag("greet"):
        context.run("greet", ["status"])
    return original(context)


@hook("pre-greet")
def no_trolls(hook_context: HookContext) -> bool:
    """Stops greetings to trolls."""
    return "troll" in hook_context.context.args


def setup(registry: Registry) -> None:
    """What was declared is active by now."""
    registry.register("greeting-state", "ready", bool(registry.command("greet")))


def setup_repository(repository, context) -> None:  # type: ignore[no-untyped-def]
    """Called for each repository that is opened."""
    context.ui.debug(f"greeting sees {repository.root}\n")
