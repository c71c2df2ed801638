"""The styles that come with the program: sets of templates that show changesets (and files of `status`).

Names that keywords look for (`tag`, `parent`, `last_file` and so on) are part of the language; all others are ours.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: One line, labelled, of a default listing.
_LINES = {
    "branch": ("log.branch", "branch:      {branch}"),
    "bookmark": ("log.bookmark", "bookmark:    {bookmark}"),
    "tag": ("log.tag", "tag:         {tag}"),
    "parent": ("log.parent changeset.{phase}", "parent:      {rev}:{node|formatnode}"),
    "manifest": ("ui.debug log.manifest", "manifest:    {rev}:{node}"),
    "extra": ("ui.debug log.extra", "extra:       {key}={value|stringescape}"),
    "phase_line": ("log.phase", "phase:       {phase}"),
    "user_line": ("log.user", "user:        {author}"),
    "date_line": ("log.date", "date:        {date|date}"),
    "id_line": ("log.node", "{rev}:{node|short}"),
}
#: Lines that are there only when a condition holds.
_OPTIONAL = {
    "summary_line": ("desc|strip", "log.summary", "summary:     {desc|firstline}"),
    "unstable_line": (
        "instabilities",
        "log.instability",
        "instability: {join(instabilities, ', ')}",
    ),
    "files_line": ("files", "ui.note log.files", "files:       {files}"),
    "modified_line": ("file_mods", "ui.debug log.files", "files:       {file_mods}"),
    "added_line": ("file_adds", "ui.debug log.files", "files+:      {file_adds}"),
    "removed_line": ("file_dels", "ui.debug log.files", "files-:      {file_dels}"),
    "copies_line": (
        "file_copies_switch",
        "ui.note log.copies",
        "copies:     {file_copies_switch % ' {name} ({source})'}",
    ),
}


def _labelled(label: str, text: str) -> str:
    """Template text that shows other template text under a label; neither has double quotes."""
    return f'{{label("{label}", "{text}")}}'


def _optional(name: str, condition: str, shown: str) -> dict[str, str]:
    """A template that shows another one where a condition holds."""
    return {name: f"{{if({condition}, {name}_shown)}}", f"{name}_shown": shown}


def _base() -> dict[str, str]:
    """The templates that the default style and its variants share."""
    texts = {name: _labelled(label, text) + "\n" for name, (label, text) in _LINES.items()}
    for name, (condition, label, text) in _OPTIONAL.items():
        # the end of a line of files belongs to the label, as it does in plain output
        whole = label.startswith("ui.")
        shown = _labelled(label, text + "\\n") if whole else _labelled(label, text) + "\n"
        texts.update(_optional(name, condition, shown))
    note = "ui.note log.description"
    description = _labelled(note, "description:") + "\n" + _labelled(note, "{desc|strip}") + "\n\n"
    texts.update(_optional("description_lines", "desc|strip", description))
    texts["fate_line"] = "obsolete:    {fate}\n"
    texts.update(_optional("fate_lines", "obsfate", '{label("log.obsfate", obsfate % fate_line)}'))
    texts["id"] = "{labelcset('changeset:   {rev}:{node|short}')}\n"
    texts["full_id"] = "{labelcset('changeset:   {rev}:{node}')}\n"
    texts["status"] = '{status} {path|relpath}\n{if(source, "  {source|relpath}\n")}'
    return texts


_ALIASES = [
    (
        "labelcset(expr)",
        (
            'label(separate(" ", "log.changeset", "changeset.{phase}", if(obsolete, "changeset.obsolete"), '
            'if(instabilities, "changeset.unstable"), join(instabilities % "instability.{instability}", " ")), '
            "expr)"
        ),
    )
]
_NAMES = "{branches}{bookmarks}{tags}"
_WHO = "{user_line}{date_line}"
_FILES = "{files_line}{copies_line}"
_ALL_FILES = "{modified_line}{added_line}{removed_line}{copies_line}"
_FATE = "{unstable_line}{fate_lines}"
_DEBUG = _NAMES + "{phase_line}{parents}{manifest}" + _WHO


def _default() -> dict[str, str]:
    return {
        **_base(),
        "changeset": f"{{id}}{_NAMES}{{parents}}{_WHO}{_FATE}{{summary_line}}\n",
        "changeset_quiet": "{id_line}",
        "changeset_verbose": f"{{id}}{_NAMES}{{parents}}{_WHO}{_FATE}{_FILES}{{description_lines}}\n",
        "changeset_debug": f"{{full_id}}{_DEBUG}{_FATE}{_ALL_FILES}{{extras}}{{description_lines}}\n",
    }


def _phases() -> dict[str, str]:
    return {
        **_default(),
        "changeset": f"{{id}}{_NAMES}{{phase_line}}{{parents}}{_WHO}{{summary_line}}\n",
        "changeset_verbose": f"{{id}}{_NAMES}{{phase_line}}{{parents}}{_WHO}{_FILES}{{description_lines}}\n",
    }


def _bisect() -> dict[str, str]:
    label = "log.bisect{if(bisect, mark_label)}"
    return {
        **_default(),
        "mark_label": " bisect.{word('0', bisect)}",
        "mark_line": _labelled(label, "bisect:      {bisect}\\n"),
        "short_mark": _labelled(label, "{bisect|shortbisect}"),
        "changeset": f"{{id}}{{mark_line}}{_NAMES}{{parents}}{_WHO}{{summary_line}}\n",
        "changeset_quiet": "{short_mark} {rev}:{node|short}\n",
        "changeset_verbose": f"{{id}}{{mark_line}}{_NAMES}{{parents}}{_WHO}{_FILES}{{description_lines}}\n",
        "changeset_debug": f"{{full_id}}{{mark_line}}{_DEBUG}{_ALL_FILES}{{extras}}{{description_lines}}\n",
    }


def _status() -> dict[str, str]:
    texts = _default()
    for name, keyword, kind, after in (
        ("modified_line", "file_mods", "modified", "{copied_from}"),
        ("added_line", "file_adds", "added", "{copied_from}"),
        ("removed_line", "file_dels", "removed", ""),
    ):
        letter = kind[0].upper()
        texts[name] = f"{{{keyword} % {kind}_file}}"
        texts[f"{kind}_file"] = _labelled(f"status.{kind}", f"{letter} {{file}}\\n") + after
    texts["copied_from"] = "{ifcontains(file, file_copies_switch, copied_from_shown)}"
    texts["copied_from_shown"] = _labelled("status.copied", "  {get(file_copies_switch, file)}\\n")
    texts.update(_optional("files_title", "files", _labelled("ui.note log.files", "files:\\n")))
    texts["files_line"] = "{files_title}{modified_line}{added_line}{removed_line}"
    return {
        **texts,
        "changeset": f"{{id}}{_NAMES}{{parents}}{_WHO}{{summary_line}}{{files_line}}\n",
        "changeset_verbose": f"{{id}}{_NAMES}{{parents}}{_WHO}{{description_lines}}{{files_line}}\n",
        "changeset_debug": f"{{full_id}}{_DEBUG}{{extras}}{{description_lines}}{{files_line}}\n",
    }


def _show() -> dict[str, str]:
    by_space = "ifeq(namespace, 'tags', tag_names, other_names)"
    return {
        **_default(),
        "showbookmarks": "{if(active, '*', ' ')} {pad(bookmark, longestbookmarklen + 4)}"
        "{shortest(node, nodelen)}\n",
        "showwork": "{labelcset(shortest(node, nodelen))}{namespaces % space_names} "
        "{label('log.description', desc|firstline)}",
        "showstack": "{showwork}",
        "space_names": f"{{ifeq(namespace, 'branches', branch_names, {by_space})}}",
        "branch_names": "{ifeq(branch, 'default', '', branch_name)}",
        "branch_name": " ({label('log.{colorname}', branch)})",
        **_optional("tag_names", "without_tip(names)", " ({label('log.{colorname}', named_tags)})"),
        "named_tags": "{join(without_tip(names), ' ')}",
        **_optional("other_names", "names", " ({label('log.{colorname}', join(names, ' '))})"),
    }


def _compact() -> dict[str, str]:
    description = "ui.note log.description"
    node, date = _labelled("log.node", "{node|short}"), _labelled("log.date", "{date|isodate}")
    user, author = _labelled("log.user", "{author|user}"), _labelled("log.user", "{author}")
    first, whole = _labelled(description, "{desc|firstline|strip}"), _labelled(description, "{desc|strip}")
    return {
        "number": _labelled("log.changeset changeset.{phase}", "{rev}"),
        "changeset": f"{{number}}{{tags}}{{bookmarks}}{{parents}}   {node}   {date}   {user}\n  {first}\n\n",
        "changeset_quiet": f"{{number}}:{node}\n",
        "changeset_verbose": f"{{number}}{{tags}}{{parents}}   {node}   {date}   {author}\n  {whole}\n\n",
        "start_tags": "[",
        "tag": _labelled("log.tag", "{tag},"),
        "last_tag": "{tag}]",
        "start_bookmarks": "[",
        "bookmark": _labelled("log.bookmark", "{bookmark},"),
        "last_bookmark": "{bookmark}]",
        "start_parents": ":",
        "parent": "{number},",
        "last_parent": "{number}",
    }


def _changelog() -> dict[str, str]:
    wrapped = "|fill68|tabindent"
    who = "{date|shortdate}  {author|person}  <{author|email}>"
    files = "".join(f"{{{name}|stringify{wrapped}}}" for name in ("file_adds", "file_dels", "files"))
    texts = {
        "header": f"{who}\n\n",
        "header_verbose": "",
        "changeset": f"\t* {{files|stringify{wrapped}}}{{desc{wrapped}|strip}}\n"
        "\t[{node|short}]{tags}{branches}\n\n",
        "changeset_quiet": f"\t* {{desc|firstline{wrapped}|strip}}\n\n",
        "changeset_verbose": who.replace("shortdate", "isodate")
        + f"  ({{node|short}}{{tags}}{{branches}})\n\n\t* {files}{{desc{wrapped}|strip}}\n\n",
        "start_tags": " [",
        "last_tag": "{tag}]",
        "start_branches": " <",
        "last_branch": "{branch}>",
        "last_file": "{file}:\n\t",
        "last_file_add": "{file_add}: new file.\n* ",
        "last_file_del": "{file_del}: deleted file.\n* ",
    }
    for name in ("tag", "branch", "file", "file_add", "file_del"):
        texts[name] = f"{{{name}}}, "
    return texts


def _xml() -> dict[str, str]:
    start = (
        '<logentry revision="{rev}" node="{node}">\n{branches}{bookmarks}{tags}{parents}'
        '<author email="{author|email|xmlescape}">{author|person|xmlescape}</author>\n'
        '<date>{date|rfc3339date}</date>\n<msg xml:space="preserve">{desc|xmlescape}</msg>\n'
    )
    paths = "<paths>\n{file_adds}{file_dels}{file_mods}</paths>\n{file_copies}"
    end = "</logentry>\n"
    texts = {
        "docheader": '<?xml version="1.0"?>\n<log>\n',
        "docfooter": "</log>\n",
        "changeset": start + end,
        "changeset_verbose": start + paths + end,
        "changeset_debug": start + paths + "{extras}" + end,
        "start_file_copies": "<copies>\n",
        "file_copy": '<copy source="{source|xmlescape}">{name|xmlescape}</copy>\n',
        "end_file_copies": "</copies>\n",
        "parent": '<parent revision="{rev}" node="{node}" />\n',
        "extra": '<extra key="{key|xmlescape}">{value|xmlescape}</extra>\n',
    }
    for name, letter in (("file_add", "A"), ("file_mod", "M"), ("file_del", "R")):
        texts[name] = f'<path action="{letter}">{{{name}|xmlescape}}</path>\n'
    for name in ("branch", "tag", "bookmark"):
        texts[name] = f"<{name}>{{{name}|xmlescape}}</{name}>\n"
    return texts


_MAKERS = {
    "bisect": _bisect,
    "changelog": _changelog,
    "compact": _compact,
    "default": _default,
    "phases": _phases,
    "show": _show,
    "status": _status,
    "xml": _xml,
}

#: Names of the styles.
STYLE_NAMES = tuple(_MAKERS)


def style(name: str) -> tuple[Mapping[str, str], list[tuple[str, str]]]:
    """Templates and aliases of a style. Raises KeyError."""
    texts = _MAKERS[name]()
    aliases = list(_ALIASES) if "labelcset" in "".join(texts.values()) else []
    if name == "show":
        aliases.append(("without_tip(names)", "filter(names, ifeq(name, 'tip', '', name))"))
    return texts, aliases
