"""What kind of bundle file is asked for: container, compression and parameters, as `--type` names them.

Writing such a file is `bundlefile`; what the names mean on disk is in `docs/formats/bundle2.md`.
"""

from __future__ import annotations

from urllib.parse import unquote

from hydrargyrum import errors
from hydrargyrum.exchange.sansio.changegroup import VERSIONS
from hydrargyrum.exchange.sansio.compression import MARKS

#: Containers that can be written, with the changegroup version that each carries by itself.
_CONTAINERS = {"v1": "01", "v2": "02"}
_KNOWN_ELSEWHERE = ("packed1", "streamv2", "streamv3", "v3", "bundle1", "bundle2")


class UnknownSpecification(errors.Abort):
    """A kind of bundle is not known or cannot be written."""

    id = "unknown-bundlespec"


class BundleSpec:
    """A kind of bundle file.

    Attributes:
        container: "v1" or "v2".
        compression: "bzip2", "gzip", "none" or "zstd".
        changegroup: version of the changegroup inside.
        phases, obsolescence: also tell of these.
    """

    __slots__ = ("changegroup", "compression", "container", "obsolescence", "phases")

    def __init__(self, container: str, compression: str, parameters: dict[str, str], *, trees: bool) -> None:
        self.container = container
        self.compression = compression
        default = "03" if trees and container == "v2" else _CONTAINERS[container]
        self.changegroup = parameters.get("cg.version", default)
        self.phases = _is_on(parameters.get("phases", "0"))
        self.obsolescence = _is_on(parameters.get("obsolescence", "0"))

    @property
    def mark(self) -> str:
        """The compression as bundles call it."""
        return MARKS[self.compression]


def _is_on(text: str) -> bool:
    return text.lower() in ("1", "yes", "true", "on", "always")


def parse(text: str, *, general_delta: bool = True, trees: bool = False) -> BundleSpec:
    """The kind of bundle that `text` names, "" being the usual one.

    Raises:
        UnknownSpecification: there is no such kind, or it cannot be written here.
        InputError: a parameter is not known.
    """
    name, semicolon, rest = text.partition(";")
    parameters = _parameters(rest) if semicolon else {}
    compression, dash, container = name.partition("-")
    usual = "v2" if general_delta or trees else "v1"
    if not name:
        compression, container = "bzip2", usual
    elif not dash:
        if name in MARKS:
            container = usual
            if name == "zstd":
                container = "v2"
        elif name in _CONTAINERS:
            compression, container = "bzip2", name
        else:
            raise _unknown(name, f"{name} is not a recognized bundle specification")
    elif compression not in MARKS:
        raise _unknown(name, f"{compression} compression is not supported")
    if container not in _CONTAINERS:
        if container in _KNOWN_ELSEWHERE:
            raise errors.Unsupported(feature=f"writing bundles of type {container} is")
        raise _unknown(name, f"{container} is not a recognized bundle version")
    if container == "v1" and compression == "zstd":
        raise _unknown(name, f"compression engine {compression} is not supported on v1 bundles")
    found = BundleSpec(container, compression, parameters, trees=trees)
    if found.changegroup not in VERSIONS or (container == "v1" and found.changegroup != "01"):
        raise errors.Unsupported(feature=f"changegroup version {found.changegroup} in this bundle is")
    return found


def _unknown(name: str, problem: str) -> UnknownSpecification:
    del name
    return UnknownSpecification(problem, hint="see 'hg help bundlespec' for supported values for --type")


def _parameters(text: str) -> dict[str, str]:
    found = {}
    for item in text.split(";"):
        key, equals, value = item.partition("=")
        if not equals:
            raise errors.InputError(
                f'invalid bundle specification: missing "=" in parameter: {item}',
            )
        found[unquote(key)] = unquote(value)
    return found
