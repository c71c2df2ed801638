"""Extensions that Mercurial ships, that change no command of ours, and that we do not ship (yet).

Enabling one is no error: its commands are missing, everything else works. The launcher has the same list (a test
compares them). Extensions that change what existing commands do are not here: without them an answer could be wrong.
"""

from __future__ import annotations

HARMLESS: frozenset[str] = frozenset(
    (
        "absorb",
        "bookmarks",
        "children",
        "churn",
        "closehead",
        "convert",
        "fetch",
        "fix",
        "githelp",
        "graphlog",
        "hbisect",
        "histedit",
        "interhg",
        "parentrevspec",
        "patchbomb",
        "progress",
        "purge",
        "rebase",
        "record",
        "shelve",
        "show",
        "split",
        "strip",
        "uncommit",
    )
)
