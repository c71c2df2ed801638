"""`debugbundle`: what a bundle file consists of. Reading it is `exchange.bundlefile`."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.extension import Option, command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.exchange.bundlefile import BundleFile
    from hydrargyrum.exchange.sansio.bundle2 import Part
    from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader
    from hydrargyrum.extension import CommandContext

_DEEPER = "    "


@command(
    "debugbundle",
    options=[
        Option("a", "all", "show all details"),
        Option("", "part-type", "show only the named part type", default=[]),
        Option("", "spec", "print the bundlespec of the bundle"),
    ],
    synopsis="FILE",
    norepo=True,
    min_args=1,
    max_args=1,
)
def debugbundle(context: CommandContext) -> int:
    """lists the contents of a bundle

    Of a changegroup, the nodes of its changesets are listed; with --all, every revision of changelog, manifests and
    files with the size of its delta. --part-type leaves out parts of other types; --spec prints what has to be given
    to 'hg bundle --type' for a bundle like this one.
    """
    from hydrargyrum.exchange.bundlefile import open_bundle

    with open_bundle(context.args[0], context.engine, context.cwd) as bundle:
        if context.options.flag("spec"):
            context.ui.write(f"{_specification(bundle)}\n")
        elif bundle.container == "HG10":
            _show_changegroup(context, next(iter(bundle.parts())), "")
        else:
            _show_parts(context, bundle)
    return 0


def _show_parts(context: CommandContext, bundle: BundleFile) -> None:
    ui = context.ui
    ui.write(f"Stream params: {_facts(bundle.parameters)}\n")
    wanted = context.options.items("part_type")
    for part in bundle.parts():
        if wanted and part.kind not in wanted:
            continue
        ui.write(f"{part.kind} -- {_facts(part.parameters)} (mandatory: {part.mandatory})\n")
        if ui.quiet:
            continue
        if part.kind == "changegroup":
            _show_changegroup(context, part, _DEEPER)
        elif part.kind == "obsmarkers":
            _show_markers(context, part)
        elif part.kind == "phase-heads":
            _show_phases(context, part)


def _facts(parameters: Mapping[str, str | None]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in sorted(parameters.items())) + "}"


def _show_changegroup(context: CommandContext, part: Part, indent: str) -> None:
    from hydrargyrum.exchange.sansio.changegroup import ChangegroupReader

    version = part.parameters.get("version", "01")
    reader = ChangegroupReader(part.read, version, zstd=context.engine.zstd_decoder)
    if context.options.flag("all"):
        _show_revisions(context, reader, indent, version)
        return
    for section in reader.sections():
        for revision in section.revisions:
            context.ui.write(f"{indent}{revision.node.hex()}\n")
        return


def _show_revisions(context: CommandContext, reader: ChangegroupReader, indent: str, version: str) -> None:
    write = context.ui.write
    write(f"{indent}format: id, p1, p2, cset, delta base, len(delta)\n")
    for section in reader.sections():
        # what follows directories is not looked at
        if version >= "03" and section.kind == "file":
            return
        write(f"\n{indent}{section.path or section.kind}\n")
        for revision in section.revisions:
            nodes = (revision.node, *revision.parents, revision.link_node, revision.base)
            write(f"{indent}{' '.join(node.hex() for node in nodes)} {len(revision.delta)}\n")


def _show_markers(context: CommandContext, part: Part) -> None:
    from hydrargyrum.commands.debugobsolete import show_marker
    from hydrargyrum.repo.obsolescence import decode_markers

    data = part.read_all()
    write = context.ui.write
    try:
        markers = decode_markers(data, "obsmarkers")
    except errors.UnknownMarkerVersion:
        write(f"{_DEEPER}unsupported version: {data[0]} ({len(data)} bytes)\n")
        return
    write(f"{_DEEPER}version: {data[0]} ({len(data)} bytes)\n")
    with context.formatter("debugobsolete") as formatter:
        for marker in sorted(markers, key=lambda each: each.encode()):
            formatter.start_item()
            formatter.plain(_DEEPER)
            show_marker(formatter, marker)


def _show_phases(context: CommandContext, part: Part) -> None:
    from hydrargyrum.repo.phases import NAMES

    data = part.read_all()
    heads: dict[int, list[bytes]] = {}
    for at in range(0, len(data) - 23, 24):
        heads.setdefault(int.from_bytes(data[at : at + 4], "big"), []).append(data[at + 4 : at + 24])
    for phase in sorted(heads):
        for node in heads[phase]:
            context.ui.write(f"{_DEEPER}{node.hex()} {NAMES.get(phase, phase)}\n")


def _specification(bundle: BundleFile) -> str:
    """What has to be given to `--type` for such a bundle."""
    from urllib.parse import quote

    if bundle.container == "HG10":
        return f"{bundle.compression}-v1"
    if bundle.container == "HGS1":
        from hydrargyrum.ops.packing import specification

        return specification(bundle.read)
    found: dict[str, str] = {}
    has_changegroup = False
    for part in bundle.parts():
        if part.kind == "changegroup":
            has_changegroup = True
            version = part.parameters.get("version", "01")
            if version in ("03", "04"):
                found["cg.version"] = version
            if "delta-compression" in part.parameters:
                found["cg.delta-compression"] = part.parameters["delta-compression"]
        elif part.kind == "stream2" and not has_changegroup:
            return f"none-v2;stream=v2;requirements%3D{part.parameters['requirements']}"
        elif part.kind == "obsmarkers":
            found["obsolescence"] = "yes"
            if not part.mandatory:
                found["obsolescence-mandatory"] = "no"
    if not has_changegroup:
        found["changegroup"] = "no"
    return ";".join(
        [
            f"{bundle.compression}-v2",
            *(f"{name}={quote(value, safe=',')}" for name, value in sorted(found.items())),
        ]
    )
