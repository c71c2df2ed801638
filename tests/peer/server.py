"""Runs inside the peer's own interpreter: answers many `hg` calls in one process, because each start costs 0.3 s.

One JSON request a line on stdin ({"args", "cwd", "env"}), one JSON answer a line on stdout ({"code", "out", "err"},
base64). Nothing of the product is imported here.
"""

import base64
import io
import json
import os
import sys

from mercurial import commands, dispatch, encoding, main_script  # type: ignore[import-not-found]

BASE = dict(os.environ)


def answer(request):
    for name in list(encoding.environ):
        del encoding.environ[name]
    for name, value in {**BASE, **request["env"]}.items():
        encoding.environ[os.fsencode(name)] = os.fsencode(value)
    os.chdir(base64.b64decode(request["cwd"]))
    args = [base64.b64decode(arg) for arg in request["args"]]
    out, err = io.BytesIO(), io.BytesIO()
    # the attributes that the peer expects of a stream
    req = main_script.request(args, fin=io.BytesIO(), fout=out, ferr=err)
    try:
        code = dispatch.dispatch(req)
    except SystemExit as stop:
        code = stop.code
    forget_aliases()
    return {
        "code": (code or 0) & 255,
        "out": base64.b64encode(out.getvalue()).decode(),
        "err": base64.b64encode(err.getvalue()).decode(),
    }


def forget_aliases():
    """Aliases of one call's configuration are put into a table that outlives it."""
    for name, entry in list(commands.table.items()):
        if isinstance(entry, (dispatch.cmdalias, dispatch.lazyaliasentry)):
            del commands.table[name]


def main():
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    dispatch.initstdio()
    for line in sys.stdin.buffer:
        print(json.dumps(answer(json.loads(line))), file=channel, flush=True)


main()
