"""`debugrevlog`: figures about one revlog. How deltas are found out is `ops.delta_chains`'."""

from __future__ import annotations

from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext
    from hydrargyrum.ops.delta_chains import DeltaChains
    from hydrargyrum.ops.revlog_figures import Extent, Figures
    from hydrargyrum.ui.interface import Ui


@command(
    "debugrevlog",
    options=[*REVLOG_OPTIONS, Option("d", "dump", "dump index data")],
    synopsis="-c|-m|FILE",
    max_args=1,
)
def debugrevlog(context: CommandContext) -> int:
    """show data and statistics about a revlog

    Counts revisions by how they are stored, and measures chunks, texts and chains of deltas. With --dump, prints one
    line for each revision instead.

    Returns 0 on success.
    """
    from hydrargyrum.ops.delta_chains import DeltaChains
    from hydrargyrum.ops.revlog_figures import measure
    from hydrargyrum.ops.revlogs import open_revlog

    choice = chosen_revlog(context, context.args[0] if context.args else "", for_command="debugrevlog")
    revlog = open_revlog(context.repo, choice)
    is_sparse = "sparserevlog" in context.repo.engine.requirements and not choice.changelog
    chains = DeltaChains(revlog, has_snapshots=is_sparse)
    if context.options.flag("dump"):
        _dump(context.ui, chains)
    elif len(chains):
        _show(context.ui, measure(revlog, chains))
    return 0


def _dump(ui: Ui, chains: DeltaChains) -> None:
    ui.write(
        "# rev p1rev p2rev start   end deltastart base   p1   p2 rawsize totalsize compression heads chainlen\n"
    )
    heads: set[int] = set()
    total = 0
    for rev, row in enumerate(chains.rows):
        size, p1, p2 = row[3], row[6], row[7]
        end = chains.start(rev) + chains.size(rev)
        chain = chains.chain(rev)
        base = chain[-2] if len(chain) > 1 else rev
        total += size
        heads = (heads - {p1, p2}) | {rev}
        # the null revision counts as one that begins where the first begins
        starts = [chains.start(one) if one >= 0 else 0 for one in (base, chain[0], p1, p2)]
        ui.write(
            f"{rev:5d} {p1:5d} {p2:5d} {chains.start(rev):5d} {end:5d} {starts[0]:10d} {starts[1]:4d} {starts[2]:4d} "
            f"{starts[3]:4d} {size:7d} {total:9d} {total // end if end else 0:11d} {len(heads):5d} {len(chain) - 1:8d}\n"
        )


class _Shares:
    """Lines with a number and which part of a whole it is."""

    def __init__(self, ui: Ui, widest: float) -> None:
        self._ui = ui
        self._width = len(str(widest))

    def number(self, title: str, value: float) -> None:
        self._ui.write(f"{title}{int(value):{self._width}d}\n")

    def share(self, title: str, value: int, whole: int, *, indent: str = "", more: str = "") -> None:
        self._ui.write(f"{title}{self.part(value, whole, indent)}{more}\n")

    def part(self, value: int, whole: int, indent: str = "") -> str:
        percent = 100 * value / whole if whole else 100.0
        return f"{value:{self._width}d} {indent}({percent:5.2f}%)"


def _show(ui: Ui, found: Figures) -> None:
    ui.write(f"format : 1\nflags  : {', '.join(found.flags) or '(none)'}\n\n")
    count, levels = found.count, sorted(found.levels)
    out = _Shares(ui, found.stored)
    empty = found.empty_texts + found.empty_deltas
    snapshots = sum(found.levels[level].count for level in levels)
    out.number("revisions     : ", count)
    out.share("    merges    : ", found.merges, count)
    out.share("    normal    : ", count - found.merges, count)
    out.number("revisions     : ", count)
    out.share("    empty     : ", empty, count)
    out.share("                   text  : ", found.empty_texts, empty)
    out.share("                   delta : ", found.empty_deltas, empty)
    out.share("    snapshot  : ", snapshots, count)
    for level in levels:
        unrelated = found.unrelated_snapshots.get(level, 0)
        whole = found.levels[level].count
        more = f"  non-ancestor-bases: {out.part(unrelated, whole)}" if unrelated else ""
        out.share(f"      lvl-{level:<3d} :       ", whole, count, more=more)
    out.share("    deltas    : ", found.deltas.count, count)
    out.number("revision size : ", found.stored)
    out.share("    snapshot  : ", sum(found.levels[level].total for level in levels), found.stored)
    for level in levels:
        out.share(f"      lvl-{level:<3d} :       ", found.levels[level].total, found.stored)
    out.share("    deltas    : ", found.deltas.total, found.stored)
    ui.write("\n")
    out.number("chunks        : ", count)
    for mark in sorted(found.chunks):
        out.share(_chunk_title(mark), found.chunks[mark].count, count)
    out.number("chunks size   : ", found.stored)
    for mark in sorted(found.chunks):
        out.share(_chunk_title(mark), found.chunks[mark].total, found.stored)
    ui.write(f"\n\ntotal-stored-content: {f'{found.texts.total:,}'.replace(',', ' ')} bytes\n\n")
    ratio = found.texts.total / found.stored if found.stored else 1
    average = sum(found.lengths) / count
    out = _Shares(ui, max(average, max(found.lengths), found.reach, ratio))
    out.number("avg chain length  : ", average)
    out.number("max chain length  : ", max(found.lengths))
    out.number("max chain reach   : ", found.reach)
    out.number("compression ratio : ", ratio)
    ui.write("\n")
    _show_extents(ui, found)
    if found.deltas.count:
        _show_bases(ui, found)


def _chunk_title(mark: bytes) -> str:
    if mark == b"empty":
        return "    empty     : "
    if mark.isalpha():
        return f"    0x{mark.hex()} ({mark.decode()})  : "
    return f"    0x{mark.hex()}      : "


def _show_extents(ui: Ui, found: Figures) -> None:
    from hydrargyrum.ops.revlog_figures import Extent

    between = Extent()
    for level in sorted(found.levels):
        if level:
            between.join(found.levels[level])
    rows: list[tuple[str, Extent]] = [
        ("uncompressed data size (min/max/avg) : ", found.texts),
        ("full revision size (min/max/avg)     : ", found.levels.get(0, Extent())),
        ("inter-snapshot size (min/max/avg)    : ", between),
        *(
            (f"    level-{level:<3d} (min/max/avg)          : ", found.levels[level])
            for level in sorted(found.levels)
            if level
        ),
        ("delta size (min/max/avg)             : ", found.deltas),
    ]
    for title, extent in rows:
        average = extent.total // extent.count if extent.count else 0
        ui.write(f"{title}{extent.least or 0} / {extent.most} / {average}\n")


def _show_bases(ui: Ui, found: Figures) -> None:
    bases, count = found.bases, found.deltas.count
    out = _Shares(ui, count)
    previous = sum(bases[name] for name in ("prev-p1", "prev-p2", "prev-ancestor", "prev-unrelated"))
    ui.write("\n")
    out.share("deltas against prev  : ", previous, count)
    if previous:
        for title, name in (
            ("    where prev = p1  : ", "prev-p1"),
            ("    where prev = p2  : ", "prev-p2"),
            ("    other-ancestor   : ", "prev-ancestor"),
            # the peer repeats the figure above
            ("    unrelated        : ", "prev-ancestor"),
        ):
            out.share(title, bases[name], previous, indent="    ")
    if found.has_general_delta:
        out.share("deltas against p1    : ", bases["p1"], count)
        out.share("deltas against p2    : ", bases["p2"], count)
        out.share("deltas against ancs  : ", 0, count)
        out.share("deltas against other : ", bases["other"], count)
