"""Runs inside the peer's own interpreter: answers many `hg` calls in one process, because each start costs 0.3 s.

One JSON request a line on stdin ({"args", "cwd", "env"}), one JSON answer a line on stdout ({"code", "out", "err"},
base64). Nothing of the product is imported here.
"""

import base64
import io
import json
import os
import sys
import traceback

import standing  # type: ignore[import-not-found]
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
    except Exception:
        # as a process of its own would end
        err.write(traceback.format_exc().encode())
        code = 1
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
        request = json.loads(line)
        if "standing" in request:
            print(json.dumps(stand(base64.b64decode(request["standing"]))), file=channel, flush=True)
            continue
        print(
            apart(request) if loads_extensions(request) else json.dumps(answer(request)),
            file=channel,
            flush=True,
        )


def stand(root):
    """How a repository stands, or why nobody can tell."""
    try:
        return standing.standing(root)
    except Exception as problem:
        return {"problem": repr(problem)}


def loads_extensions(request):
    """Whether a call may load extensions: their commands and changes would outlive it."""
    if base64.b64decode((request["args"] or [""])[0]) in (b"unamend", b"branch"):
        # they write into the table of extras of changesets without any
        return True
    return "HGRCPATH" in request["env"] or any(
        b"extensions" in base64.b64decode(argument) for argument in request["args"]
    )


def apart(request):
    """The answer of a copy of this process, which ends with the call."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as stream:
            stream.write(json.dumps(answer(request)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return text


main()
