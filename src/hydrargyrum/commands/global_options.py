"""The options that every command takes. What they do is in `cli`."""

from __future__ import annotations

from hydrargyrum.extension import Option

#: In the order in which help lists them.
GLOBAL_OPTIONS = (
    Option(
        "R",
        "repository",
        "repository root directory or name of overlay bundle file",
        default="",
        metavar="REPO",
    ),
    Option("", "cwd", "change working directory", default="", metavar="DIR"),
    Option("y", "noninteractive", "do not prompt, automatically pick the first choice for all prompts"),
    Option("q", "quiet", "suppress output"),
    Option("v", "verbose", "enable additional output"),
    Option(
        "",
        "color",
        "when to colorize (boolean, always, auto, never, or debug)",
        default="",
        metavar="TYPE",
    ),
    Option(
        "",
        "config",
        "set/override config option (use 'section.name=value')",
        default=[],
        metavar="CONFIG",
    ),
    Option("", "config-file", "load config file to set/override config options", default=[], metavar="HGRC"),
    Option("", "debug", "enable debugging output"),
    Option("", "debugger", "start debugger"),
    Option("", "encoding", "set the charset encoding", default="", metavar="ENCODE"),
    Option("", "encodingmode", "set the charset encoding mode", default="strict", metavar="MODE"),
    Option("", "traceback", "always print a traceback on exception"),
    Option("", "time", "time how long the command takes"),
    Option("", "profile", "print command execution profile"),
    Option("", "version", "output version information and exit"),
    Option("h", "help", "display help and exit"),
    Option("", "hidden", "consider hidden changesets", default=False),
    Option(
        "",
        "pager",
        "when to paginate (boolean, always, auto, or never)",
        default="auto",
        metavar="TYPE",
    ),
)
