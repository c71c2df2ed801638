"""A changeset in one line, as `rebase`, `bisect` and others mention it.

What the line looks like is `command-templates.oneline-summary`; templates are rendered elsewhere.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.repo import Changeset
    from hydrargyrum.view.templates.environment import Settings

_NAMES = (
    'namespaces % "{ifeq(namespace, "branches", "", '
    'join(names % "{label("oneline-summary.{namespace}", name)}", " "))}"'
)
#: The line where nothing is configured.
DEFAULT = (
    '{separate(" ", label("oneline-summary.changeset", "{rev}:{node|short}"), '
    f'join(filter({_NAMES}), " "))}} '
    '"{label("oneline-summary.desc", desc|firstline)}"'
)


def one_line(
    changeset: Changeset, command: str = "", default: str = "", settings: Settings | None = None
) -> str:
    """The line for a changeset.

    Args:
        changeset: what it is about.
        command: which command mentions it: there may be a template for that one.
        default: the template where none is configured.
        settings: for templates.
    """
    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.selection import unquote

    config = changeset.repo.config
    wanted = ""
    if command:
        wanted = config.text("command-templates", f"oneline-summary.{command}") or ""
    wanted = wanted or config.text("command-templates", "oneline-summary") or default or DEFAULT
    texts = {name: unquote(value.text) for name, value in config.section("templates")}
    aliases = [(name, value.text) for name, value in config.section("templatealias")]
    environment = Environment(
        {**texts, "": wanted},
        aliases,
        resources={"config": config, "repo": changeset.repo},
        settings=settings,
    )
    return environment.render("", {}, {"changeset": changeset, "repo": changeset.repo}).split("\n", 1)[0]
