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
    """Differs from the first parent, as `hg status` says."""
    return _in_group(query, paths, argument, "modified", "modified")


@builtin("added()", weight=STATUS_WEIGHT, uses_status=True)
def added(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Will be new with the next commit."""
    return _in_group(query, paths, argument, "added", "added")


@builtin("removed()", weight=STATUS_WEIGHT, uses_status=True)
def removed(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Will be gone with the next commit."""
    return _in_group(query, paths, argument, "removed", "removed")


@builtin("deleted()", weight=STATUS_WEIGHT, uses_status=True)
def deleted(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """The same as `missing()`."""
    return _in_group(query, paths, argument, "deleted", "deleted")


@builtin("missing()", weight=STATUS_WEIGHT, uses_status=True)
def missing(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is tracked and not on disk."""
    return _in_group(query, paths, argument, "missing", "deleted")


@builtin("unknown()", weight=THOROUGH_STATUS_WEIGHT, uses_status=True)
def unknown(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is on disk and not tracked."""
    return _in_group(query, paths, argument, "unknown", "unknown")


@builtin("ignored()", weight=THOROUGH_STATUS_WEIGHT, uses_status=True)
def ignored(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is on disk, and patterns say not to track it."""
    return _in_group(query, paths, argument, "ignored", "ignored")


@builtin("clean()", weight=STATUS_WEIGHT, uses_status=True)
def clean(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Does not differ from the first parent."""
    return _in_group(query, paths, argument, "clean", "clean")


@builtin("tracked()")
def tracked(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is in the revision, or tracked in the working directory."""
    no_arguments(argument, "tracked")
    changeset = query.changeset
    if changeset.is_working_copy:
        states = changeset.repo.engine.dirstate()
        return frozenset(path for path in paths if path in states and states[path].state != "r")
    return frozenset(path for path in paths if path in changeset.manifest)


@builtin("hgignore()", weight=STATUS_WEIGHT)
def hgignore(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is meant by the ignore files, tracked or not."""
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
    """Was in conflict, and `hg resolve` knows it as resolved."""
    no_arguments(argument, "resolved")
    return _merged(query, paths, "r")


@builtin("unresolved()", weight=STATUS_WEIGHT)
def unresolved(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is in conflict."""
    no_arguments(argument, "unresolved")
    return _merged(query, paths, "u")


# -- flags, names, sizes ------------------------------------------------------------------------------------------


def _flagged(query: FileQuery, paths: Paths, flag: str) -> Paths:
    return query.where(paths, lambda file: file.flags == flag)


@builtin("exec()")
def executable(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """May be executed."""
    no_arguments(argument, "exec")
    return _flagged(query, paths, "x")


@builtin("symlink()")
def symlink(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is a symbolic link."""
    no_arguments(argument, "symlink")
    return _flagged(query, paths, "l")


@builtin("portable()", weight=0.5)
def portable(_query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Has a name that other systems allow too (clashes of upper and lower case aside)."""
    from hydrargyrum.query.fileset.portability import is_portable

    no_arguments(argument, "portable")
    return frozenset(filter(is_portable, paths))


@builtin("size(expression)", weight=STATUS_WEIGHT)
def size(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Is as large as said: `size('1k')` from 1024 to 2047 bytes, `size('< 20k')`, `size('>= .5MB')`,
    `size('4k - 1MB')`.
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
    """Contains a NUL byte."""
    no_arguments(argument, "binary")
    return query.where(paths, lambda file: b"\0" in file.data)


@builtin("grep(regex)", weight=CONTENTS_WEIGHT)
def grep(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Contains a match of a regular expression."""
    from hydrargyrum.query.textpatterns import compile_regex

    search = compile_regex(text_of(argument, "grep requires a pattern"), "invalid match pattern").search
    return query.where(paths, lambda file: search(file.data) is not None)


@builtin("encoding(name)", weight=CONTENTS_WEIGHT)
def encoding(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Can be decoded as text of that encoding; of use for ASCII and UTF-8 mostly."""
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
    """Has line ends of that style: `unix`, `dos` or `mac`. Binary files have none; a file may have several."""
    import re

    style = text_of(argument, "eol requires a style name")
    wanted = {"dos": rb"\r\n", "win": rb"\r\n", "unix": rb"(?<!\r)\n", "mac": rb"\r(?!\n)"}.get(style)
    if wanted is None:
        return frozenset()
    search = re.compile(wanted).search
    return query.where(paths, lambda file: b"\0" not in file.data and search(file.data) is not None)


@builtin("copied()")
def copied(query: FileQuery, paths: Paths, argument: Argument) -> Paths:
    """Was copied or renamed."""
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
    """Fulfils the second expression in one of the revisions."""
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
    """Fulfils the third expression by what differs between two revisions, as in `status(3, 7, added())`."""
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
    """Is a subrepository, the one that the pattern names, or any."""
    from hydrargyrum.repo.substates import subrepos_of

    items_of(argument, 0, 1, "subrepo takes at most one argument")
    recorded = frozenset(subrepos_of(query.changeset)) & paths
    if argument is None:
        return recorded
    pattern = pattern_of(argument, "subrepo requires a pattern or no arguments")
    if ":" not in pattern:
        return recorded & {pattern}
    return query.matching(recorded, [pattern])
