"""The formatter of an invocation: what `-T` asks for, with the settings, vocabulary and resources of the context.

How output is formatted is `view`'s business; commands get this through `CommandContext.formatter`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension.context import CommandContext
    from hydrargyrum.view.changesets import ChangesetPrinter, Differ
    from hydrargyrum.view.columns import Columns
    from hydrargyrum.view.formatter import Formatter, Write
    from hydrargyrum.view.templates.environment import Environment, Settings


def formatter_for(
    context: CommandContext, topic: str, write: Write | None = None, *, usual: str = ""
) -> Formatter:
    """The formatter for `topic` that the command's `-T` asks for.

    Args:
        context: the invocation.
        topic: name of what is listed.
        write: where output goes instead of standard output.
        usual: template for output that nobody asked to look otherwise.

    Raises:
        ParseError, IoError: the template cannot be used.
        Abort: the user asked for the list of styles, which is printed before.
    """
    from hydrargyrum.view.formatter import open_formatter

    ui = context.ui
    wanted = context.options.text("template") if "template" in context.options else ""
    wanted = wanted or usual
    if not wanted:
        return open_formatter(topic, "", write or ui.write, context.config, full_nodes=ui.debugging)
    from hydrargyrum.extension.templates import active_vocabulary
    from hydrargyrum.view.templates.selection import StyleListWanted

    try:
        return open_formatter(
            topic,
            wanted,
            write or ui.write,
            context.config,
            settings=settings_for(context),
            vocabulary=active_vocabulary(context.registry),
            full_nodes=ui.debugging,
        )
    except StyleListWanted as request:
        ui.write(request.listing)
        raise


def changesets_for(
    context: CommandContext,
    *,
    differ: Differ | None = None,
    stat: bool = False,
    patch: bool = False,
    buffered: bool = False,
) -> ChangesetPrinter:
    """The printer of changesets that the command's `-T` and `--style` and the configuration ask for.

    Args:
        context: the invocation.
        differ: shows what changed, for `stat` and `patch`.
        stat, patch: show a histogram of changed lines, or a patch, below each changeset.
        buffered: `show` keeps the text until `flush` or `take`.

    Raises:
        ParseError, IoError: the template cannot be used.
        Abort: a style that is not there; or the user asked for the list of styles, which is printed before.
    """
    from hydrargyrum.view.changesets.choice import is_plain, open_printer
    from hydrargyrum.view.changesets.plain import PlainPrinter

    options = context.options
    template, style = (options.text(name) if name in options else "" for name in ("template", "style"))
    if is_plain(context.config, template, style):
        return PlainPrinter(context.ui, differ=differ, stat=stat, patch=patch, buffered=buffered)
    from hydrargyrum.extension.templates import active_vocabulary
    from hydrargyrum.view.templates.selection import StyleListWanted

    try:
        return open_printer(
            context.ui,
            context.repo,
            template=template,
            style=style,
            settings=settings_for(context),
            vocabulary=active_vocabulary(context.registry),
            differ=differ,
            stat=stat,
            patch=patch,
            buffered=buffered,
        )
    except StyleListWanted as request:
        context.ui.write(request.listing)
        raise


def environment_for(context: CommandContext, templates: dict[str, str]) -> Environment:
    """An environment with the user's templates and aliases, and these in addition."""
    from hydrargyrum.extension.templates import active_vocabulary
    from hydrargyrum.view.templates.environment import Environment
    from hydrargyrum.view.templates.selection import unquote

    config = context.config
    texts = {name: unquote(value.text) for name, value in config.section("templates")}
    aliases = [(name, value.text) for name, value in config.section("templatealias")]
    return Environment(
        {**texts, **templates},
        aliases,
        vocabulary=active_vocabulary(context.registry),
        resources={"config": config}
        if context.repo_root is None
        else {"config": config, "repo": context.repo},
        settings=settings_for(context),
    )


def settings_for(context: CommandContext) -> Settings:
    """What rendering depends on besides values."""
    from hydrargyrum.view.templates.environment import Settings

    ui, root, cwd = context.ui, context.repo_root, context.cwd

    def relative(path: str) -> str:
        from hydrargyrum.repo.paths import relative_path

        return path if root is None else relative_path(root, cwd, path)

    return Settings(
        columns=columns_for(context),
        debug=ui.debugging,
        verbose=ui.verbose,
        quiet=ui.quiet,
        width=ui.terminal_width(),
        cwd=cwd,
        label=None if ui.painter is None else ui.label,
        relative=relative,
    )


def columns_for(context: CommandContext) -> Columns:
    """How wide text is on the user's terminal."""
    from hydrargyrum.view.columns import Columns

    ambiguous_is_wide = context.config.environ.get("HGENCODINGAMBIGUOUS") == "wide"
    return Columns(_local_encoding(context), "WFA" if ambiguous_is_wide else "WF")


def _local_encoding(context: CommandContext) -> str:
    chosen = context.global_options.text("encoding") if "encoding" in context.global_options else ""
    chosen = chosen or context.config.environ.get("HGENCODING") or ""
    if chosen:
        return chosen
    import locale

    return locale.getpreferredencoding(False) or "ascii"
