"""Section `paths`: names for other repositories, with their sub-options. Talking to those repositories is not here."""

from __future__ import annotations

import os

from hydrargyrum import errors
from hydrargyrum.config import values
from hydrargyrum.paths import Location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from hydrargyrum.config.layered import Config

_BOOKMARK_MODES = ("default", "mirror", "ignore")
_DELTA_POLICIES = ("default", "try-base", "no-reuse", "forced")


class NamedLocation:
    """One location of a name.

    Attributes:
        name: its name in section `paths`, None for a location that was typed.
        raw: the location as it is shown and opened, absolute where it is a path.
        parsed: its parts without the fragment; branch: the fragment.
        options: sub-options that are valid and not at their default, as they are shown.
    """

    __slots__ = ("_all_options", "_is_chained", "_own_options", "branch", "name", "options", "parsed", "raw")

    def __init__(self, config: Config, name: str | None, raw: str, own: Mapping[str, str]) -> None:
        self.name = name
        #: It was written as `path://NAME`.
        self._is_chained = False
        self._point_to(raw)
        self._own_options = dict(own)
        self._all_options = {**config.sub_options("paths", "*"), **own}
        self.options = self._valid_options(config, self._all_options)

    def _point_to(self, raw: str) -> None:
        self.raw = raw
        self.parsed = Location(raw)
        self.branch = self.parsed.fragment or None
        if self.branch is not None:
            self.parsed.fragment = None

    def follow(self, config: Config, other: NamedLocation) -> NamedLocation:
        """This location, which is `path://NAME`, with what it points to filled in."""
        new = NamedLocation(config, self.name, other.raw, self._own_options)
        new._is_chained = True
        new.branch = self.branch or other.branch
        if self.branch is not None:
            new.raw = f"{other.raw.rsplit('#', 1)[0]}#{self.branch}"
        new._all_options = {**other._all_options, **self._own_options}
        new.options = self._valid_options(config, new._all_options)
        return new

    def _valid_options(self, config: Config, given: Mapping[str, str]) -> dict[str, str]:
        shown: dict[str, str | None] = {}
        if "pushurl" in given:
            shown["pushurl"] = self._push_url(config, given["pushurl"])
        if "pushrev" in given:
            shown["pushrev"] = given["pushrev"]
        if "bookmarks.mode" in given:
            mode = given["bookmarks.mode"]
            if mode not in _BOOKMARK_MODES:
                self._warn(config, f'bookmarks.mode has unknown value: "{mode}"')
            shown["bookmarks.mode"] = None if mode == "default" else mode
        if "pulled-delta-reuse-policy" in given:
            policy = given["pulled-delta-reuse-policy"]
            if policy not in _DELTA_POLICIES:
                self._warn(config, f'pulled-delta-reuse-policy has unknown value: "{policy}"')
            known = policy in _DELTA_POLICIES[1:]
            shown["pulled-delta-reuse-policy"] = policy if known else None
        if "multi-urls" in given:
            several = values.parse_boolean(given["multi-urls"])
            if several is None:
                config.warn(f"(paths.{self.name}:multi-urls not a boolean; ignoring)\n")
            shown["multi-urls"] = "yes" if several else "no"
        return {key: text for key, text in shown.items() if text is not None}

    def _push_url(self, config: Config, text: str) -> str | None:
        location = Location(text)
        if not location.scheme:
            config.warn(f'(paths.{self.name}:pushurl not a URL; ignoring: "{text}")\n')
            return None
        if location.fragment:
            config.warn(f'("#fragment" in paths.{self.name}:pushurl not supported; ignoring)\n')
            location.fragment = None
        return location.text()

    def _warn(self, config: Config, text: str) -> None:
        config.warn(f"(paths.{self.name or '*'}:{text})\n")


def named_locations(config: Config) -> dict[str, list[NamedLocation]]:
    """All names of section `paths` with their locations (several for `multi-urls`).

    Raises:
        Abort: a `path://` that leads nowhere.
    """
    found: dict[str, list[NamedLocation]] = {}
    home = os.path.expanduser("~")
    for name, value in config.section("paths", suboptions=False):
        if not value.text:
            continue
        own = config.sub_options("paths", name)
        several = values.parse_boolean(own.get("multi-urls", "no"))
        texts = values.parse_list(value.text) if several else [value.text]
        found[name] = [
            NamedLocation(config, name, _absolute(text, value.root or home), own) for text in texts
        ]
    for name in sorted(found):
        found[name] = [end for location in found[name] for end in _chained(config, location, found)]
    return found


def resolve_location(config: Config, text: str) -> str:
    """What a location that was typed stands for: the location of a name, else itself.

    Raises:
        Abort: the name has several locations.
    """
    if not config.section("paths"):
        return text
    found = named_locations(config).get(text)
    if found is None:
        return text
    if len(found) != 1:
        raise errors.Abort(f"path points to {len(found)} urls while clone only supports one: {text}")
    return found[0].raw


def _absolute(text: str, root: str) -> str:
    text = os.path.expanduser(os.path.expandvars(text))
    if Location(text).scheme or os.path.isabs(text):
        return text
    return os.path.normpath(os.path.join(root, text))


def _chained(
    config: Config, location: NamedLocation, found: Mapping[str, list[NamedLocation]]
) -> list[NamedLocation]:
    """What `path://NAME` stands for; any other location stands for itself."""
    if location.parsed.scheme != "path":
        return [location]
    host = location.parsed.host
    targets = found.get(host or "")
    if targets is None:
        raise errors.Abort(f'cannot use `{location.raw}`, "{host}" is not a known path')
    if any(target.parsed.scheme == "path" or target._is_chained for target in targets):
        raise errors.Abort(f'cannot use `{location.raw}`, "{host}" is also defined as a `path://`')
    return [location.follow(config, target) for target in targets]


def local_path(location: str) -> str:
    """A location that may be a `file:` URL as a path."""
    if not location.startswith("file:"):
        return location
    path = location[5:]
    if path.startswith("//"):
        host, slash, rest = path[2:].partition("/")
        if host not in ("", "localhost", "127.0.0.1"):
            raise errors.Abort("file:// URLs can only refer to localhost")
        path = slash + rest
    from urllib.parse import unquote

    return unquote(path, errors="surrogateescape")
