"""`debugdeltachain`: how the revisions of a revlog are stored as chains of deltas, and what reading one costs."""

from __future__ import annotations

from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.commands.walk_options import TEMPLATE_OPTION
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.delta_chains import DeltaChains

#: Titles of the columns that an option asks for, with their widths.
_ALWAYS = (("rev", 7), ("p1", 7), ("p2", 7), ("chain#", 7), ("chainlen", 8), ("prev", 8), ("delta", 7))
_OF_SIZE = (("size", 10), ("rawsize", 10), ("chainsize", 10), ("ratio", 9))
_OF_DISTANCE = (("lindist", 9), ("extradist", 9), ("extraratio", 10))
_OF_READING = (("readsize", 10), ("largestblk", 10), ("rddensity", 9), ("srchunks", 8))


@command(
    "debugdeltachain",
    options=[
        Option("r", "rev", "restrict processing to these revlog revisions", default=[]),
        Option("", "all-info", "compute all information unless specified otherwise"),
        Option("", "size-info", "compute information related to deltas size"),
        Option("", "dist-info", "compute information related to base distance"),
        Option("", "sparse-info", "compute information related to sparse read"),
        *REVLOG_OPTIONS,
        TEMPLATE_OPTION,
    ],
    synopsis="-c|-m|FILE",
    max_args=1,
)
def debugdeltachain(context: CommandContext) -> int:
    """dump information about delta chains in a revlog

    For each revision: its parents, the number and length of the chain of deltas that its text is made from, the
    revision before it in that chain, and what its delta was made against (``base`` for a whole text, ``snap`` for a
    snapshot, ``p1``, ``p2``, ``prev``, ``skip1``, ``skip2`` where empty deltas of a parent are gone past, ``other``).

    With --size-info, the stored and whole sizes of the revision and of its chain; with --dist-info, how far apart the
    parts of the chain lie; with --sparse-info, how many bytes in how many pieces are read for it. --all-info asks for
    all three.

    Returns 0 on success.
    """
    from hydrargyrum.ops.delta_chains import DeltaChains
    from hydrargyrum.ops.revlogs import find_revision, open_revlog

    options, requirements = context.options, context.repo.engine.requirements
    choice = chosen_revlog(context, context.args[0] if context.args else "", for_command="debugdeltachain")
    revlog = open_revlog(context.repo, choice)
    is_sparse = "sparserevlog" in requirements
    chains = DeltaChains(revlog, has_snapshots=is_sparse and not choice.changelog)
    revs = sorted({find_revision(revlog, name, of_file=choice.is_file) for name in options.items("rev")})
    wanted = {name: _wants(context, name) for name in ("size", "dist", "sparse")}
    if not is_sparse and not context.config.boolean("experimental", "sparse-read"):
        wanted["sparse"] = False
    columns = [
        *_ALWAYS,
        *(_OF_SIZE if wanted["size"] else ()),
        *(_OF_DISTANCE if wanted["dist"] else ()),
        *(_OF_READING if wanted["sparse"] else ()),
    ]
    with context.formatter("debugdeltachain") as formatter:
        formatter.plain(" ".join(title.rjust(width) for title, width in columns) + "\n")
        numbers: dict[int, int] = {}
        for rev in revs or range(len(chains)):
            formatter.start_item()
            fields = _fields(context, chains, rev, numbers, wanted)
            for place, ((name, value), (_title, width)) in enumerate(zip(fields, columns, strict=True)):
                ratio = name in ("chainratio", "extraratio", "readdensity")
                shown = f"{value:{width}.5f}" if ratio else str(value).rjust(width)
                formatter.field(name, value, f" {shown}" if place else shown)
            formatter.plain("\n")
    return 0


def _wants(context: CommandContext, name: str) -> bool:
    answer = context.options[f"{name}_info"]
    return context.options.flag("all_info") if answer is None else bool(answer)


def _fields(
    context: CommandContext, chains: DeltaChains, rev: int, numbers: dict[int, int], wanted: dict[str, bool]
) -> list[tuple[str, int | float | str]]:
    """Names and values of what is shown of a revision, in the order of the columns."""
    row, chain = chains.rows[rev], chains.chain(rev)
    stored, size, p1, p2 = row[2], row[3], row[6], row[7]
    fields: list[tuple[str, int | float | str]] = [
        ("rev", rev),
        ("p1", p1),
        ("p2", p2),
        ("chainid", numbers.setdefault(chain[0], len(numbers) + 1)),
        ("chainlen", len(chain)),
        ("prevrev", chain[-2] if len(chain) > 1 else -1),
        ("deltatype", chains.kind(rev)),
    ]
    total = sum(map(chains.size, chain)) if any(wanted.values()) else 0
    if wanted["size"]:
        fields += [("compsize", stored), ("uncompsize", size), ("chainsize", total)]
        fields.append(("chainratio", total / size if size else total))
    if wanted["dist"]:
        reach = chains.start(rev) + stored - chains.start(chain[0])
        extra = reach - total
        fields += [
            ("lindist", reach),
            ("extradist", extra),
            ("extraratio", extra / total if total else extra),
        ]
    if wanted["sparse"]:
        config = context.config
        density = float(config.text("experimental", "sparse-read.density-threshold") or 0.5)
        gap = config.byte_size("experimental", "sparse-read.min-gap-size")
        pieces = chains.reads(chain, density, gap)
        sizes = [chains.start(one[-1]) + chains.size(one[-1]) - chains.start(one[0]) for one in pieces]
        read = sum(sizes)
        fields += [("readsize", read), ("largestblock", max(sizes, default=0))]
        fields += [("readdensity", total / read if read else 1), ("srchunks", len(pieces))]
    return fields
