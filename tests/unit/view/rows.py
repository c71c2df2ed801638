"""The rows that the template tests render, and the templates: one a line in `templates.txt`."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
BASELINE = HERE / "templates_baseline.json"

#: status, path, source of a copy
ROWS = (("M", "d/b", None), ("A", "a2", "a"), ("R", "d/e/c", None), ("!", "m", None), ("?", "unk", None))

#: Templates with config items that they need.
WITH_CONFIG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("{path|shout}\n", ("templatealias.shout=upper",)),
    ("{path|shout}{shout(path)}\n", ("templatealias.shout(x)=x|upper",)),
    ("{loop}\n", ("templatealias.loop=loop",)),
    ("{bad(1)}\n", ("templatealias.bad(x)=upper((",)),
    ("{bad(1)}\n", ("templatealias.bad(x=upper",)),
    ("{bad(1)}\n", ("templatealias.bad(x,x)=upper(x)",)),
    ("{bad(1)}\n", ("templatealias.bad(x,y)=upper(x)",)),
    ('{bad("x")}\n', ('templatealias.bad("x")=upper(x)',)),
    ("{bad}\n", ('templatealias.bad="x"',)),
    ("mine", ('templates.mine="{status}{path}{nl}"', 'templates.nl="\\n"')),
    (
        "mine",
        (
            "templates.mine={status}{path}{nl}",
            "templates.nl=\\n",
            "templates.mine:docheader=HEAD\\n",
            "templates.mine:separator=,",
            "templates.mine:docfooter=FOOT\\n",
        ),
    ),
    ("{x}", ("templates.x={x}",)),
    ("{dict(path) % y}", ("templates.y={dict(path) % y}",)),
    ("{dict(path) % y}\n", ("templates.y={key}!{value}",)),
    ("a\n{foo(\nb", ()),
    *(
        (name, ())
        for name in (
            "json",
            "cbor",
            "debug",
            "pickle",
            "xml",
            "compact",
            "status",
            "list",
            "atom",
            "default",
            "map-cmdline.compact",
            "cbor(path)",
            "json(path, status)",
            "json(path",
            "debug(x)",
            "json(path,)",
            "json(path upper)",
            "json(a=path|upper,index)",
            "no/such/file",
            "json()",
            "bisect(",
            "{",
        )
    ),
)


def templates() -> list[tuple[str, tuple[str, ...]]]:
    """Every template with its config items."""
    lines = (HERE / "templates.txt").read_text(encoding="utf-8").splitlines()
    return [(line, ()) for line in lines] + list(WITH_CONFIG)
