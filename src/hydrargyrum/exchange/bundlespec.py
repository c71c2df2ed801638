"""What kind of bundle file is asked for: container, compression and parameters, as `--type` names them.

Writing such a file is `bundlefile`; what the names mean on disk is in `docs/formats/bundle2.md`.
"""

from __future__ import annotations

from urllib.parse import unquote

from hydrargyrum import errors
from hydrargyrum.exchange.sansio.compression import MARKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.config import Config

#: Names of kinds, with what is in them unless parameters say otherwise.
_KINDS: dict[str, dict[str, str]] = {
    "v1": {"cg.version": "01", "tagsfnodescache": "no", "revbranchcache": "no"},
    "v2": {"cg.version": "02"},
    "v3": {"cg.version": "03", "phases": "yes"},
    "bundle2": {"cg.version": "02"},
    "streamv2": {"cg.version": "02", "changegroup": "no", "stream": "v2"},
    "streamv3-exp": {"cg.version": "03", "changegroup": "no", "stream": "v3-exp"},
    "packed1": {"cg.version": "s1"},
}
#: Compressions of bundles in the old format.
_OLD_COMPRESSIONS = ("none", "gzip", "bzip2")
_SWITCHES = frozenset(
    ("obsolescence", "obsolescence-mandatory", "phases", "changegroup", "tagsfnodescache", "revbranchcache")
)
_ON = frozenset(("1", "yes", "true", "on", "always"))
_OFF = frozenset(("0", "no", "false", "off", "never"))
_DEFAULTS = {
    "changegroup": "yes",
    "tagsfnodescache": "yes",
    "revbranchcache": "yes",
    "obsolescence": "no",
    "obsolescence-mandatory": "yes",
    "phases": "no",
    "stream": "",
}


class UnknownSpecification(errors.InputError):
    """A kind of bundle is not known or cannot be written."""

    id = "unknown-bundlespec"


class BundleSpec:
    """A kind of bundle file.

    Attributes:
        kind: "v1", "v2", "v3", "bundle2", "streamv2", "streamv3-exp" or "packed1".
        compression: "bzip2", "gzip", "none" or "zstd".
        level: of the compression, None for the usual one.
        changegroup: version of the changegroup inside.
    """

    __slots__ = ("_given", "changegroup", "compression", "kind", "level")

    def __init__(self, kind: str, compression: str, given: Mapping[str, str]) -> None:
        self.kind = kind
        self.compression = compression
        self.level: int | None = None
        self._given = {**_DEFAULTS, **_KINDS[kind], **given}
        self.changegroup = self._given["cg.version"]

    @property
    def mark(self) -> str:
        """The compression as bundles call it."""
        return MARKS[self.compression]

    @property
    def is_old(self) -> bool:
        """Whether it is a bundle of the old format, nothing but a changegroup of the first version."""
        return self.changegroup == "01"

    def has(self, switch: str) -> bool:
        """Whether something is in it: "changegroup", "phases", "obsolescence", "tagsfnodescache" and so on."""
        return self._given[switch].lower() in _ON

    @property
    def stream(self) -> str:
        """Version of a copy of the store that it holds instead of a changegroup; "" for none."""
        return self._given["stream"]


def parse(text: str, *, general_delta: bool = True, config: Config | None = None) -> BundleSpec:
    """The kind of bundle that `text` names, "" being the usual one; settings in `config` add to it.

    Raises:
        UnknownSpecification: there is no such kind.
        InputError: a parameter does not follow the notation.
    """
    name, semicolon, rest = text.lower().partition(";")
    given = _parameters(rest) if semicolon else {}
    compression, dash, kind = name.partition("-")
    if not name or (not dash and name in MARKS):
        compression = name or "bzip2"
        kind = "v2" if general_delta or compression not in _OLD_COMPRESSIONS else "v1"
    elif not dash and name in _KINDS:
        compression, kind = "none" if name == "packed1" else "bzip2", name
    elif not dash:
        raise _unknown(f"{name} is not a recognized bundle specification")
    elif compression not in MARKS:
        raise _unknown(f"{compression} compression is not supported")
    if kind not in _KINDS:
        raise _unknown(f"{kind} is not a recognized bundle version")
    if kind == "v1" and compression not in _OLD_COMPRESSIONS:
        raise _unknown(f"compression engine {compression} is not supported on v1 bundles")
    stream = given.get("stream", "")
    if f"stream{stream}" in _KINDS:
        kind = f"stream{stream}"
    if config is not None:
        given = {**_configured(config, kind, given), **given}
    found = BundleSpec(kind, compression, given)
    if config is not None:
        for item in (f"bundlecomplevel.{compression}", "bundlecomplevel"):
            if found.level is None and config.has("experimental", item):
                found.level = config.integer("experimental", item)
    return found


def _unknown(problem: str) -> UnknownSpecification:
    return UnknownSpecification(problem, hint="see 'hg help bundlespec' for supported values for --type")


def _configured(config: Config, kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """What settings put in."""
    markers = "evolution.bundle-obsmarker"
    wanted = {
        "obsolescence": config.boolean("experimental", markers),
        "obsolescence-mandatory": config.boolean("experimental", f"{markers}:mandatory"),
    }
    if kind != "v3" and "phases" not in given:
        wanted["phases"] = config.boolean("experimental", "bundle-phases")
    return {name: "yes" if on else "no" for name, on in wanted.items()}


def _parameters(text: str) -> dict[str, str]:
    found = {}
    for item in text.split(";"):
        key, equals, value = item.partition("=")
        if not equals:
            raise errors.InputError(
                f'invalid bundle specification: missing "=" in parameter: {item}',
            )
        key, value = unquote(key), unquote(value)
        if key in _SWITCHES and value.lower() not in _ON | _OFF:
            raise errors.InputError(f"parameter {key} should be a boolean ('{value}')")
        found[key] = value
    return found
