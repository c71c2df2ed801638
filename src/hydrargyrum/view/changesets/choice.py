"""Which printer shows changesets: as `-T`, `--style`, `command-templates.log` and `ui.style` say.

Choosing only; the printers are in the modules beside this one.
"""

from __future__ import annotations

import os

from hydrargyrum.view.changesets.plain import ChangesetPrinter, PlainPrinter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hydrargyrum.config import Config
    from hydrargyrum.repo import Repository
    from hydrargyrum.view.changesets.plain import Output, Write
    from hydrargyrum.view.templates.declare import Vocabulary
    from hydrargyrum.view.templates.environment import Environment, Settings


def is_plain(config: Config, template: str, style: str) -> bool:
    """Whether nothing but plain lines is wanted."""
    return not (template or style or config.text("command-templates", "log") or config.text("ui", "style"))


def open_printer(
    output: Output,
    repo: Repository,
    *,
    template: str,
    style: str,
    settings: Settings | None = None,
    vocabulary: Vocabulary | None = None,
    **printing: Any,
) -> ChangesetPrinter:
    """The printer that is wanted.

    Args:
        output: where the text goes.
        repo: whose changesets are shown.
        template, style: as on the command line.
        settings, vocabulary: for templates.
        **printing: `differ`, `stat`, `patch`, `buffered` of `ChangesetPrinter`.

    Raises:
        ParseError, Abort, IoError: what is wanted cannot be used.
        StyleListWanted: the user wants to see what styles there are.
    """
    from hydrargyrum.view.templates.mapfiles import read_map
    from hydrargyrum.view.templates.selection import select_template, unquote

    config = repo.config
    if is_plain(config, template, style):
        return PlainPrinter(output, **printing)
    cwd = settings.cwd if settings is not None else ""
    if not template and not style:
        own = config.text("command-templates", "log")
        if own:
            environment = _environment(repo, {"": unquote(own)}, None, settings, vocabulary)
            return TemplatedPrinterOf(output, environment, "", by_mode=False, **printing)
        style = os.path.expanduser(os.path.expandvars(config.text("ui", "style") or ""))
    if not template:
        texts, aliases = read_map(style, cwd)
        environment = _environment(repo, texts, aliases, settings, vocabulary)
        return TemplatedPrinterOf(output, environment, "changeset", by_mode=True, **printing)
    selection = select_template(template, config, cwd)
    if selection.name in ("json", "cbor") and selection.sort in ("serial", "fields"):
        from hydrargyrum.view.changesets.formatted import FormattedPrinter
        from hydrargyrum.view.formatter import open_formatter

        def open_form(write: Write) -> Any:
            return open_formatter(
                "log",
                template,
                write,
                config,
                settings=settings,
                vocabulary=vocabulary,
                resources={"repo": repo},
            )

        return FormattedPrinter(output, open_form, **printing)
    if selection.sort in ("style", "map"):
        texts, aliases = read_map(selection.name, cwd)
        environment = _environment(repo, texts, aliases, settings, vocabulary)
        return TemplatedPrinterOf(output, environment, "changeset", by_mode=True, **printing)
    texts = {"": selection.text} if selection.sort == "literal" else {}
    environment = _environment(repo, texts, None, settings, vocabulary)
    name = "" if selection.sort == "literal" else selection.name
    return TemplatedPrinterOf(output, environment, name, by_mode=False, **printing)


def TemplatedPrinterOf(  # noqa: N802 (stands for the class, which is imported when it is needed)
    output: Output, environment: Environment, name: str, **printing: Any
) -> ChangesetPrinter:
    """A printer with templates."""
    from hydrargyrum.view.changesets.templated import TemplatedPrinter

    return TemplatedPrinter(output, environment, name, **printing)


def _environment(
    repo: Repository,
    texts: dict[str, str],
    aliases: list[tuple[str, str]] | None,
    settings: Settings | None,
    vocabulary: Vocabulary | None,
) -> Environment:
    """Templates with their aliases; without aliases of their own (no style), those of the user and his templates."""
    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.selection import unquote

    config = repo.config
    if aliases is None:
        own = {name: unquote(value.text) for name, value in config.section("templates")}
        texts = {**own, **texts}
        aliases = [(name, value.text) for name, value in config.section("templatealias")]
    return Environment(
        texts,
        aliases,
        vocabulary=vocabulary,
        resources={"config": config, "repo": repo},
        settings=settings,
    )
