"""`config`: shows configuration with its sources, and opens its files in the editor."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from hydrargyrum.config.item import ConfigItem
    from hydrargyrum.extension import CommandContext

#: Options that say which file to edit, with whether that needs a repository.
_LEVELS = {"user": False, "local": True, "global": False, "shared": True, "non_shared": True}

#: What a file that is not there yet begins with.
_SAMPLES = {
    "user": """\
# configuration of this user, see `hg help config`
[ui]
# name and address that changes are recorded with, for example
# username = Jane Doe <jdoe@example.com>
username =

# better defaults as they come up; scripts set HGPLAIN to be safe from them
# tweakdefaults = True

# no colours
# color = never

# no pager
# paginate = never

[extensions]
# one line for each extension, for example
# my-extension = ~/src/my_extension.py
""",
    "local": """\
# configuration of this repository, see `hg help config`
[paths]
# names for other repositories, for example
# default         = https://example.com/hg/project
# default:pushurl = ssh://jdoe@example.net/hg/project
# fork            = /home/jdoe/fork

[ui]
# name and address that changes are recorded with here
# username = Jane Doe <jdoe@example.com>
""",
    "global": """\
# configuration of all users of this machine, see `hg help config`

[ui]
# no colours
# color = never

# no pager
# paginate = never

[extensions]
# one line for each extension
""",
}


#: Where settings are from that come with the program.
_SHIPPED = "resource:hydrargyrum.merge.known_tools"


@command(
    "config",
    aliases=["showconfig", "debugconfig"],
    options=[
        Option("u", "untrusted", "show untrusted configuration options"),
        Option("", "exp-all-known", "show all known config option", marks=["experimental"]),
        Option("e", "edit", "edit user config"),
        Option("l", "local", "edit repository config"),
        Option("", "source", "show source of configuration value"),
        Option("", "shared", "edit shared source repository config"),
        Option("", "non-shared", "edit non shared config"),
        Option("g", "global", "edit global config"),
        Option("T", "template", "display with template", default="", metavar="TEMPLATE"),
    ],
    synopsis="[-u] [NAME]...",
    category="help",
    optionalrepo=True,
    intents=["readonly"],
)
def config(context: CommandContext) -> int:
    """show the configuration as it is in effect

    With one argument section.name, print the value of that item alone. With several arguments, or with the names of
    sections, print names and values of all items that fit.

    With --source, print where each value comes from. With -u, include files that are not trusted.

    With -e, open the configuration file of the user in the editor; with -l, that of the repository; with -g, that of
    the machine. --non-shared opens the file that shares of a repository do not see, --shared that of the repository
    that a share belongs to.

    Fields for templates: `name`, `source`, `value`, `defaultvalue`.

    Returns 0 on success, 1 if there is no such item.
    """
    level = _level_to_edit(context)
    if level is not None:
        _edit(context, level)
        return 0
    context.ui.pager("config")
    if context.ui.debugging:
        _show_files(context)
    return 0 if _show(context) else 1


def _show(context: CommandContext) -> bool:
    options = context.options
    untrusted = options.flag("untrusted")
    show_source = context.ui.debugging or options.flag("source")
    sections = {name for name in context.args if "." not in name}
    names = {name for name in context.args if "." in name}
    only_value = len([name for name in context.args if "." in name]) == 1 and not sections
    formatter = context.formatter("config")
    found = False
    for section, name, value, source in _entries(context, untrusted, options.flag("exp_all_known")):
        full_name = f"{section}.{name}"
        if context.args and section not in sections and full_name not in names:
            continue
        text = value
        if formatter.is_plain:
            source = source or "none"
            text = value.replace("\n", "\\n")
        formatter.start_item()
        formatter.field_if(show_source, "source", source, f"{source}: ")
        if only_value:
            formatter.data(name=full_name)
            formatter.field("value", text, f"{text}\n")
        else:
            formatter.data(name=full_name, value=text)
            formatter.plain(f"{full_name}={text}\n")
        item = context.config.item(section, name)
        if item is None or not item.dynamic:
            default = None if item is None else item.default
            formatter.data(
                defaultvalue=formatter.items(default, "value") if isinstance(default, tuple) else default
            )
        found = True
    formatter.end()
    return found


def _set_entries(context: CommandContext, untrusted: bool) -> Iterator[tuple[str, str, str, str]]:
    """(section, name, text, source) of what is set, and of what is shipped for merge tools."""
    from hydrargyrum.merge.choice import shipped_settings

    config = context.config
    sections = config.sections(untrusted=untrusted)
    shipped = shipped_settings(config)
    if shipped and "merge-tools" not in sections:
        sections = sorted([*sections, "merge-tools"])
    for section in sections:
        if section == "merge-tools":
            for tool, settings in shipped.items():
                for part, text in settings.items():
                    if not config.has(section, f"{tool}.{part}", untrusted=untrusted):
                        yield section, f"{tool}.{part}", text, _SHIPPED
        for name, value in config.section(section, untrusted=untrusted):
            yield section, name, value.text, value.source


def _entries(
    context: CommandContext, untrusted: bool, all_known: bool
) -> Iterator[tuple[str, str, str, str]]:
    """(section, name, text, source) of what is set; with `all_known`, of what is declared too, without a source."""
    have_names = _set_entries(context, untrusted)
    if not all_known:
        yield from have_names
        return
    from hydrargyrum.config import items

    known = iter([*items.walk()])
    item = next(known, None)
    for section, name, text, source in have_names:
        while item is not None and (item.section, item.name) <= (section, name):
            if (item.section, item.name) != (section, name):
                yield item.section, item.name, _default_text(item), ""
            item = next(known, None)
        yield section, name, text, source
    while item is not None:
        yield item.section, item.name, _default_text(item), ""
        item = next(known, None)


def _default_text(item: ConfigItem) -> str:
    if item.dynamic:
        return "<DYNAMIC>"
    return str(list(item.default) if isinstance(item.default, tuple) else item.default)


def _show_files(context: CommandContext) -> None:
    """Name the files that belong to no repository, there or not."""
    from hydrargyrum.config import sources

    base = context.config
    rcpath = base.environ.get("HGRCPATH")
    if rcpath is not None:
        files = list(sources.rcpath_files(rcpath))
    else:
        context.ui.debug(f"read config from: {_SHIPPED}\n")
        files = [*sources.system_files(base.program), *sources.user_files(base.environ)]
    for path in files:
        context.ui.debug(f"read config from: {path}\n")


def _level_to_edit(context: CommandContext) -> str | None:
    options = context.options
    chosen = [level for level in _LEVELS if level in options and options.flag(level)]
    if len(chosen) > 1:
        first, second = (level.replace("_", "-") for level in chosen[:2])
        raise errors.InputError(f"cannot specify both --{first} and --{second}")
    if chosen:
        return chosen[0]
    return "user" if options.flag("edit") else None


def _edit(context: CommandContext, level: str) -> None:
    if _LEVELS[level] and context.repo_root is None:
        raise errors.InputError(f"can't use --{level} outside a repository")
    paths = _files_of(context, level)
    path = next((path for path in paths if os.path.exists(path)), None)
    if path is None:
        path = paths[0]
        sample = _SAMPLES.get(level)
        if sample is not None:
            try:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(sample)
            except OSError:
                # the editor will say why it cannot be written
                pass
    context.ui.edit_file(path)


def _files_of(context: CommandContext, level: str) -> list[str]:
    from hydrargyrum.config import sources

    config = context.config
    if level == "user":
        return sources.user_files(config.environ)
    if level == "global":
        return sources.system_files(config.program)
    engine = context.repo.engine
    if level == "shared":
        if not context.repo.is_shared:
            raise errors.InputError("repository is not shared; can't use --shared")
        if "share-safe" not in engine.requirements:
            raise errors.InputError(
                "share safe feature not enabled; unable to edit shared source repository config"
            )
        return [os.path.join(engine.shared_dot_hg, "hgrc")]
    name = "hgrc" if level == "local" else "hgrc-not-shared"
    return [os.path.join(engine.dot_hg, name)]
