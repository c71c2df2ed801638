"""The documentation site as HTML, in build/site: docs/, and pages made from help texts, commands and the Python API.

Warnings are errors. What a page says belongs to the sources it is made from; nothing is written anywhere else.
"""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import hydrargyrum
from hydrargyrum import api
from hydrargyrum.cli.dispatch import builtin_registry
from hydrargyrum.commands.global_options import GLOBAL_OPTIONS
from hydrargyrum.commands.help import CATEGORIES, summary
from hydrargyrum.commands.help_topics import all_topics
from hydrargyrum.config import Config
from hydrargyrum.extension import Command, Option
from hydrargyrum.view.prose import parse, to_markdown

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "build/site-pages"
SITE = ROOT / "build/site"

#: Documents beside docs/ that become pages.
OUTSIDE = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
#: Pages of docs/ in the order of the navigation; others follow.
GUIDES = ("api.md", "extensions.md", "architecture.md", "compatibility.md", "launcher.md", "benchmarks.md")

Navigation = list[tuple[str, "str | Navigation"]]


def escaped(text: str) -> str:
    """Text that Markdown takes as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def option_rows(options: tuple[Option, ...]) -> str:
    """A table of options."""
    lines = ["| option | takes | meaning |", "|---|---|---|"]
    for option in options:
        names = f"`-{option.short}`, `--{option.name}`" if option.short else f"`--{option.name}`"
        takes = "" if option.kind == "flag" else f"{option.metavar}{', repeated' * (option.kind == 'list')}"
        marks = "".join(f" ({mark})" for mark in option.marks)
        lines.append(f"| {names} | {escaped(takes)} | {escaped(option.help + marks)} |")
    return "\n".join(lines) + "\n"


def command_page(command: Command) -> str:
    """The page of a command."""
    help_text = inspect.cleandoc(command.help)
    first, _, rest = help_text.partition("\n")
    parts = [f"# hg {command.name}\n", escaped(first) + "\n"]
    parts.append(f"```text\nhg {command.name} {command.synopsis}".rstrip() + "\n```\n")
    if command.aliases:
        parts.append(f"Aliases: {', '.join(f'`{name}`' for name in command.aliases)}\n")
    if rest.strip():
        parts.append(to_markdown(parse(rest), deeper=1))
    if command.options:
        parts.append("## Options\n\n" + option_rows(command.options))
    parts.append("[Global options](index.md#global-options) work too.\n")
    return "\n".join(parts)


def write(name: str, text: str) -> None:
    """Writes a page."""
    path = PAGES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commands() -> Navigation:
    """The pages of commands."""
    registry = builtin_registry(Config({}))
    known = [entry.command() for entry in registry.entries() if entry.known]
    index = ["# Commands\n"]
    navigation: Navigation = [("All commands", "commands/index.md")]
    for category, heading in CATEGORIES.items():
        members = [command for command in known if command.category == category]
        if not members:
            continue
        index.append(f"## {heading}\n")
        for command in members:
            write(f"commands/{command.name}.md", command_page(command))
            index.append(f"- [{command.name}]({command.name}.md): {escaped(summary(command))}")
        index.append("")
        navigation.append((heading, [(command.name, f"commands/{command.name}.md") for command in members]))
    index.append("## Global options\n\n" + option_rows(GLOBAL_OPTIONS))
    write("commands/index.md", "\n".join(index))
    return navigation


def topics() -> Navigation:
    """The pages of help topics."""
    registry = builtin_registry(Config({}))
    navigation: Navigation = []
    for _heading, topic in all_topics():
        name = topic.names[0]
        write(f"topics/{name}.md", to_markdown(topic.blocks(registry)))
        navigation.append((topic.title, f"topics/{name}.md"))
    return navigation


def signature(function: object) -> str:
    """How something is called, for readers."""
    shown = str(inspect.signature(function))  # type: ignore[arg-type]
    return re.sub(r"\(self(, )?", "(", shown).replace("'", "")


def docstring(thing: object) -> str:
    """A docstring; sections with arguments and errors as they are written."""
    lines: list[str] = []
    literal = False
    for line in (inspect.getdoc(thing) or "").split("\n"):
        if line in ("Args:", "Raises:", "Returns:", "Attributes:"):
            lines += [f"{line[:-1]}:", "", "```text"]
            literal = True
            continue
        if literal and not line.strip():
            lines.append("```")
            literal = False
        lines.append(line.removeprefix("    ") if literal else line)
    return "\n".join([*lines, "```"] if literal else lines)


def reference() -> str:
    """The page of everything that `import hydrargyrum` offers."""
    parts = ["# Reference of the Python API\n", "[Examples](api.md) show how it is used.\n"]
    for name in sorted(api.__all__):
        thing = getattr(hydrargyrum, name)
        if not inspect.isclass(thing):
            parts.append(f"## {name}\n\n```python\nhydrargyrum.{name}{signature(thing)}\n```\n")
            parts.append(docstring(thing) + "\n")
            continue
        parts.append(f"## {name}\n\n{docstring(thing)}\n")
        for member, value in vars(thing).items():
            if member.startswith("_") and member not in ("__getitem__", "__arrow_c_stream__"):
                continue
            if isinstance(value, property):
                kind = inspect.signature(value.fget).return_annotation if value.fget else ""
                parts.append(f"### {name}.{member}\n\n```python\n{member}: {kind}\n```\n")
            elif inspect.isfunction(value):
                parts.append(f"### {name}.{member}\n\n```python\n{member}{signature(value)}\n```\n")
            else:
                continue
            parts.append(docstring(value) + "\n")
    return "\n".join(parts)


def documents() -> tuple[Navigation, Navigation, Navigation]:
    """Copies docs/ and the documents beside it; guides, formats and decisions."""
    shutil.copytree(ROOT / "docs", PAGES, dirs_exist_ok=True)
    for copied in PAGES.rglob("*.md"):
        # what lies elsewhere in the tree is named, and no page
        copied.write_text(
            re.sub(
                r"\[([^\]]+)\]\((?:\.\./)+(?:tests|rust|src|tools)[^)]*\)", r"`\1`", copied.read_text("utf-8")
            ),
            encoding="utf-8",
        )
    for name, page in OUTSIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        text = text.replace("](docs/formats/)", "](formats/index.md)").replace(
            "](docs/adr/)", "](adr/index.md)"
        )
        text = text.replace("](docs/formats)", "](formats/index.md)").replace(
            "](docs/adr)", "](adr/index.md)"
        )
        for other, target in OUTSIDE.items():
            text = text.replace(f"]({other}", f"]({target}")
        write(page, text.replace("](docs/", "]("))

    def title(path: Path) -> str:
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        return first.removeprefix("# ").strip() or path.stem

    guides = [PAGES / name for name in GUIDES]
    guides += sorted(set(PAGES.glob("*.md")) - set(guides) - {PAGES / page for page in OUTSIDE.values()})
    folders: list[Navigation] = []
    for folder, heading in (("formats", "Formats on disk"), ("adr", "Decisions")):
        pages = sorted((PAGES / folder).glob("*.md"))
        listed = [(title(page), f"{folder}/{page.name}") for page in pages]
        lines = [f"- [{escaped(name)}]({Path(place).name})" for name, place in listed]
        write(f"{folder}/index.md", f"# {heading}\n\n" + "\n".join(lines) + "\n")
        folders.append([(heading, f"{folder}/index.md"), *listed])
    return [(title(page), page.name) for page in guides], folders[0], folders[1]


def yaml(navigation: Navigation, indent: str = "  ") -> str:
    """The navigation as YAML."""
    lines = []
    for name, value in navigation:
        quoted = "'" + name.replace("'", "''") + "'"
        if isinstance(value, str):
            lines.append(f"{indent}- {quoted}: {value}\n")
        else:
            lines.append(f"{indent}- {quoted}:\n{yaml(value, indent + '    ')}")
    return "".join(lines)


def main() -> int:
    """Makes the pages and builds the site; the exit code of mkdocs."""
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    guides, formats, decisions = documents()
    write("api-reference.md", reference())
    guides.insert(1, ("Reference of the Python API", "api-reference.md"))
    navigation: Navigation = [
        ("Start", "index.md"),
        ("Commands", commands()),
        ("Topics", topics()),
        ("Guides", guides),
        ("Formats", formats),
        ("Decisions", decisions),
        ("Contributing", "contributing.md"),
        ("Changes", "changelog.md"),
    ]
    configuration = ROOT / "build/site.yml"
    configuration.write_text(
        f"INHERIT: ../mkdocs.yml\ndocs_dir: {PAGES.name}\nsite_dir: {SITE.name}\nnav:\n{yaml(navigation)}",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "-f", str(configuration)]
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
