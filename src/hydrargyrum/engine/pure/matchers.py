"""From the protocol's patterns to the matchers of this engine, and the files of a revision that they mean.

What patterns mean is decided in `matching`; walking the working copy belongs to `worktree`.
"""

from __future__ import annotations

from hydrargyrum.engine.pure.text import decode, encode
from hydrargyrum.errors import EngineWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.engine.pure.store.manifest import Manifest
    from hydrargyrum.matching.ignore import IgnoreMatcher
    from hydrargyrum.matching.matcher import Matcher
    from hydrargyrum.types import EngineSettings, PatternSet


def matcher_for(root: bytes, patterns: PatternSet, *, on_disk: bool) -> Matcher:
    """The matcher for patterns; `on_disk` refuses names that lead through links, as they can in a working copy."""
    if patterns.everything:
        from hydrargyrum.matching.matcher import AlwaysMatcher

        return AlwaysMatcher()
    from hydrargyrum.matching.build import MatchRequest, build
    from hydrargyrum.matching.source import DiskSource

    request = MatchRequest(
        root,
        encode(patterns.cwd),
        patterns=[encode(text) for text in patterns.patterns],
        include=[encode(text) for text in patterns.include],
        exclude=[encode(text) for text in patterns.exclude],
        default_kind=encode(patterns.default_kind),
    )
    return build(request, DiskSource(root, check_links=on_disk))


def ignore_for(root: bytes, settings: EngineSettings) -> IgnoreMatcher:
    """The ignore files of a repository and those that the configuration names."""
    from hydrargyrum.matching.ignore import load_ignore

    return load_ignore(root, [encode(path) for path in settings.ignore_files])


def matching_paths(manifest: Manifest, matcher: Matcher) -> list[bytes]:
    """The files of a revision that a matcher means."""
    if matcher.is_always:
        return manifest.paths()
    if matcher.is_never:
        return []
    if matcher.exact_files is not None:
        return sorted(path for path in matcher.exact_files if manifest.get(path) is not None)
    if (
        matcher.is_prefix
        and len(matcher.explicit_paths) == 1
        and manifest.get(matcher.explicit_paths[0]) is not None
    ):
        return list(matcher.explicit_paths)
    matches = matcher.matches
    return [path for path in manifest.paths() if matches(path)]


def missing_warnings(manifest: Manifest, matcher: Matcher, node: bytes) -> list[EngineWarning]:
    """Warnings for what patterns name and a revision does not have."""
    found = []
    for path in sorted(set(matcher.explicit_paths)):
        if path and manifest.get(path) is None and not manifest.has_directory(path):
            facts: dict[str, str | int | None] = {"path": decode(path), "rev": node.hex()[:12]}
            found.append(EngineWarning("no-such-file-in-rev", facts))
    return found
