"""The built-in predicates of the file set language.

Status, merges and contents are looked up by `evaluation` and the engine.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.query.arguments import items_of, no_arguments, text_of
from hydrargyrum.query.fileset.declare import (
    CONTENTS_WEIGHT,
    STATUS_WEIGHT,
    THOROUGH_STATUS_WEIGHT,
    builtin,
)
from hydrargyrum.query.fileset.evaluation import pattern_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.query.fileset.declare import Argument, FileQuery, Paths
    from hydrargyrum.repo.filerevision import FileRevision, WorkingFile


# -- status -------------------------------------------------------------------------------------------------------


def _in_group(query: FileQuery, paths: Paths, argument: Argument, name: str, group: str) -> Paths:
    no_arguments(argument, name)
    return paths & query.status(group)


@builtin("modified()", weight=STATUS_WEIGHT, uses_status=True)
def modified(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is modified according to :hg:`status`."""
    return _in_group(query, paths, argument, "modified", "modified")


@builtin("added()", weight=STATUS_WEIGHT, uses_status=True)
def added(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is added according to :hg:`status`."""
    return _in_group(query, paths, argument, "added", "added")


@builtin("removed()", weight=STATUS_WEIGHT, uses_status=True)
def removed(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is removed according to :hg:`status`."""
    return _in_group(query, paths, argument, "removed", "removed")


@builtin("deleted()", weight=STATUS_WEIGHT, uses_status=True)
def deleted(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Alias for ``missing()``."""
    return _in_group(query, paths, argument, "deleted", "deleted")


@builtin("missing()", weight=STATUS_WEIGHT, uses_status=True)
def missing(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is missing according to :hg:`status`."""
    return _in_group(query, paths, argument, "missing", "deleted")


@builtin("unknown()", weight=THOROUGH_STATUS_WEIGHT, uses_status=True)
def unknown(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is unknown according to :hg:`status`."""
    return _in_group(query, paths, argument, "unknown", "unknown")


@builtin("ignored()", weight=THOROUGH_STATUS_WEIGHT, uses_status=True)
def ignored(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is ignored according to :hg:`status`."""
    return _in_group(query, paths, argument, "ignored", "ignored")


@builtin("clean()", weight=STATUS_WEIGHT, uses_status=True)
def clean(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is clean according to :hg:`status`."""
    return _in_group(query, paths, argument, "clean", "clean")


@builtin("tracked()")
def tracked(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is under Mercurial control."""
    no_arguments(argument, "tracked")
    changeset = query.changeset
    if changeset.is_working_copy:
        states = changeset.repo.engine.dirstate()
        return frozenset(path for path in paths if path in states and states[path].state != "r")
    return frozenset(path for path in paths if path in changeset.manifest)


@builtin("hgignore()", weight=STATUS_WEIGHT)
def hgignore(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that matches the active .hgignore pattern."""
    no_arguments(argument, "hgignore")
    return frozenset(query.changeset.repo.engine.ignored_paths(paths))


# -- merges -------------------------------------------------------------------------------------------------------


def _merged(query: FileQuery, paths: Paths, state: str) -> Paths:
    from hydrargyrum.query.mergestate import merged_files

    if not query.changeset.is_working_copy:
        return frozenset()
    return frozenset(
        path for path, found in merged_files(query.changeset.repo).items() if found == state and path in paths
    )


@builtin("resolved()", weight=STATUS_WEIGHT)
def resolved(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is marked resolved according to :hg:`resolve -l`."""
    no_arguments(argument, "resolved")
    return _merged(query, paths, "r")


@builtin("unresolved()", weight=STATUS_WEIGHT)
def unresolved(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is marked unresolved according to :hg:`resolve -l`."""
    no_arguments(argument, "unresolved")
    return _merged(query, paths, "u")


# -- flags, names, sizes ------------------------------------------------------------------------------------------


def _flagged(query: FileQuery, paths: Paths, flag: str) -> Paths:
    return query.where(paths, lambda file: file.flags == flag)


@builtin("exec()")
def executable(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is marked as executable."""
    no_arguments(argument, "exec")
    return _flagged(query, paths, "x")


@builtin("symlink()")
def symlink(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is marked as a symlink."""
    no_arguments(argument, "symlink")
    return _flagged(query, paths, "l")


@builtin("portable()", weight=0.5)
def portable(_query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that has a portable name. (This doesn't include filenames with case collisions.)"""
    from hydrargyrum.query.fileset.portability import is_portable

    no_arguments(argument, "portable")
    return frozenset(filter(is_portable, paths))


@builtin("size(expression)", weight=STATUS_WEIGHT)
def size(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File size matches the given expression. Examples:

    - size('1k') - files from 1024 to 2047 bytes
    - size('< 20k') - files less than 20480 bytes
    - size('>= .5MB') - files at least 524288 bytes
    - size('4k - 1MB') - files from 4096 bytes to 1048576 bytes
    """
    from hydrargyrum.query.fileset.sizes import size_test

    fits = size_test(text_of(argument, "size requires an expression"))
    return query.where(paths, lambda file: fits(_size_of(query, file)))


def _size_of(query: FileQuery, file: FileRevision | WorkingFile) -> int:
    if query.changeset.is_working_copy:
        import os

        return os.lstat(os.path.join(query.changeset.repo.root, file.path)).st_size
    return len(file.data)


# -- contents -----------------------------------------------------------------------------------------------------


@builtin("binary()", weight=CONTENTS_WEIGHT)
def binary(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that appears to be binary (contains NUL bytes)."""
    no_arguments(argument, "binary")
    return query.where(paths, lambda file: b"\0" in file.data)


@builtin("grep(regex)", weight=CONTENTS_WEIGHT)
def grep(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File contains the given regular expression."""
    from hydrargyrum.query.textpatterns import compile_regex

    search = compile_regex(text_of(argument, "grep requires a pattern"), "invalid match pattern").search
    return query.where(paths, lambda file: search(file.data) is not None)


@builtin("encoding(name)", weight=CONTENTS_WEIGHT)
def encoding(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File can be successfully decoded with the given character encoding.

    May not be useful for encodings other than ASCII and UTF-8.
    """
    name = text_of(argument, "encoding requires an encoding name")

    def fits(file: FileRevision | WorkingFile) -> bool:
        try:
            file.data.decode(name)
        except LookupError:
            raise errors.Abort(f"unknown encoding '{name}'") from None
        except UnicodeDecodeError:
            return False
        return True

    return query.where(paths, fits)


@builtin("eol(style)", weight=CONTENTS_WEIGHT)
def eol(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File contains newlines of the given style (dos, unix, mac).

    Binary files are excluded, files with mixed line endings match multiple styles.
    """
    import re

    style = text_of(argument, "eol requires a style name")
    wanted = {"dos": rb"\r\n", "win": rb"\r\n", "unix": rb"(?<!\r)\n", "mac": rb"\r(?!\n)"}.get(style)
    if wanted is None:
        return frozenset()
    search = re.compile(wanted).search
    return query.where(paths, lambda file: b"\0" not in file.data and search(file.data) is not None)


@builtin("copied()")
def copied(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """File that is recorded as being copied."""
    no_arguments(argument, "copied")
    engine = query.changeset.repo.engine
    if query.changeset.is_working_copy:
        states = engine.dirstate()
        return frozenset(path for path in paths if path in states and states[path].copied_from is not None)
    manifest = query.changeset.manifest
    return frozenset(
        path for path in paths if path in manifest and engine.file_copy(path, manifest[path].node) is not None
    )


# -- other changesets ---------------------------------------------------------------------------------------------


@builtin("revs(revs, pattern)", weight=STATUS_WEIGHT)
def revs(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Evaluate set in the specified revisions.

    If the revset match multiple revs, this will return file matching pattern in any of the revision.
    """
    from hydrargyrum.query.revset import revisions

    first, inner = items_of(argument, 2, 2, "revs takes two arguments")
    spec = text_of(first, "first argument to revs must be a revision")
    repo = query.changeset.repo
    found: Paths = frozenset()
    for rev in revisions(repo, [spec]):
        changeset = repo[rev]
        found |= query.switched(changeset.parents[0], changeset).evaluate(inner, paths - found)
    return found


@builtin("status(base, rev, pattern)", weight=STATUS_WEIGHT)
def status(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Evaluate predicate using status change between ``base`` and ``rev``. Examples:

    - ``status(3, 7, added())`` - matches files added from "3" to "7"
    """
    from hydrargyrum.query.revset import revisions

    base, rev, inner = items_of(argument, 3, 3, "status takes three arguments")
    specs = []
    for number, tree in (("first", base), ("second", rev)):
        problem = f"{number} argument to status must be a revision"
        specs.append(text_of(tree, problem))
        if not specs[-1]:
            raise errors.ParseError(problem)
    repo = query.changeset.repo
    found = revisions(repo, specs)
    first, last = found.first(), found.last()
    if first is None or last is None:
        raise errors.InputError("empty revision range")
    if first == last and not all(revisions(repo, [spec]) for spec in specs):
        raise errors.InputError("empty revision on one side of range")
    return query.switched(repo[first], repo[last]).evaluate(inner, paths)


@builtin("subrepo([pattern])")
def subrepo(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Subrepositories whose paths match the given pattern."""
    from hydrargyrum.query.subrepostate import recorded_subrepos

    items_of(argument, 0, 1, "subrepo takes at most one argument")
    recorded = frozenset(recorded_subrepos(query.changeset)) & paths
    if argument is None:
        return recorded
    pattern = pattern_of(argument, "subrepo requires a pattern or no arguments")
    if ":" not in pattern:
        return recorded & {pattern}
    return query.matching(recorded, [pattern])
