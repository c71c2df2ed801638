"""Names of output files: patterns with percent signs become templates.

Both notations may be mixed; what braces enclose is left to the template language.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.view.codec import to_bytes
from hydrargyrum.view.encoders import escape_bytes
from hydrargyrum.view.templates.syntax import expression_spans

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: What letters stand for everywhere.
_PARTS = {
    "H": "{node}",
    "R": "{rev}",
    "h": "{node|short}",
    "m": '{sub(r"[^\\w]", "_", desc|firstline)}',
    "r": '{if(revwidth, pad(rev, revwidth, "0", left=True), rev)}',
    "%": "%",
    "b": "{reporoot|basename}",
}

#: What letters stand for where one file is written: it is given as `pathname`.
FILE_PARTS = {
    "s": "{pathname|basename}",
    "d": '{if(pathname|dirname, pathname|dirname, ".")}',
    "p": "{pathname}",
}


def filename_template(pattern: str, parts: Mapping[str, str]) -> str:
    """The template of a file name.

    Args:
        pattern: what the user wrote.
        parts: what letters behind a percent sign stand for besides the usual ones.

    Raises:
        Abort: an unknown letter, or none.
        ParseError: a brace that is not closed.
    """
    known = {**_PARTS, **parts}
    made = []
    for is_expression, text in expression_spans(pattern):
        made.append(text if is_expression else _replace(text, known))
    return "".join(made)


def _replace(text: str, known: Mapping[str, str]) -> str:
    plain, *rest = text.split("%")
    made = [escape_bytes(to_bytes(plain))]
    rest.reverse()
    while rest:
        piece = rest.pop()
        if not piece:
            # a percent sign behind a percent sign, or at the end
            if not rest:
                raise errors.Abort("incomplete format spec in output filename")
            made.append("%" + escape_bytes(to_bytes(rest.pop())))
            continue
        part = known.get(piece[0])
        if part is None:
            raise errors.Abort(f"invalid format spec '%{piece[0]}' in output filename")
        made.append(part + escape_bytes(to_bytes(piece[1:])))
    return "".join(made)
