"""`debugdata`: the text of one revision of a revlog, as it is stored."""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.commands.revlog_options import REVLOG_OPTIONS, chosen_revlog
from hydrargyrum.extension import command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hydrargyrum.extension import CommandContext


@command("debugdata", options=REVLOG_OPTIONS, synopsis="-c|-m|FILE REV", min_args=1, max_args=2)
def debugdata(context: CommandContext) -> int:
    """dump the contents of a data file revision

    Prints the text of revision REV of a revlog: the changelog (-c), the manifest (-m, or --dir), or FILE.

    Returns 0 on success.
    """
    from hydrargyrum.ops.revlogs import find_revision, open_revlog

    options, args = context.options, context.args
    if options.flag("changelog") or options.flag("manifest") or options.text("dir"):
        if len(args) > 1:
            raise errors.InputError("cannot specify a revision with other arguments")
        path, name = "", args[0]
    elif len(args) < 2:
        raise errors.InputError("please specify a revision")
    else:
        path, name = args
    choice = chosen_revlog(context, path)
    revlog = open_revlog(context.repo, choice)
    context.ui.write(revlog.raw_text(find_revision(revlog, name, of_file=choice.is_file)))
    return 0
