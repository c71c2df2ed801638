"""The binding's promises: Python called from Rust, the GIL let go, the C table for native code of other packages."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hydrargyrum import errors
from hydrargyrum.engine.protocol import EngineRepository
from hydrargyrum.engine.select import select_engine
from hydrargyrum.types import EngineSettings, PatternSet, StatusRequest


class IndexTable(ctypes.Structure):
    """`struct hydrargyrum_index_v1` of docs/c-table.md."""

    _fields_ = [
        ("version", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("context", ctypes.c_void_p),
        ("len", ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)),
        ("node", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p)),
        (
            "parents",
            ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.POINTER(ctypes.c_int64)),
        ),
        ("rev", ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p)),
    ]


@pytest.fixture
def native(originals: Callable[[str], Path]) -> EngineRepository:
    return select_engine("native").open(str(originals("default")), EngineSettings())


def test_the_c_table_answers_as_the_index_does(native: EngineRepository) -> None:
    index = native.changelog()
    capsule = index.capsule()  # type: ignore[attr-defined]
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = IndexTable.from_address(pointer(capsule, b"hydrargyrum.index.v1"))
    assert table.version == 1
    assert table.size == ctypes.sizeof(IndexTable)
    assert table.len(table.context) == len(index)
    parents = (ctypes.c_int64 * 2)()
    node = ctypes.create_string_buffer(20)
    for entry in index:
        assert table.node(table.context, entry.rev, node) == 0
        assert node.raw == entry.node
        assert table.parents(table.context, entry.rev, parents) == 0
        assert (parents[0], parents[1]) == (entry.parent1, entry.parent2)
        assert table.rev(table.context, entry.node) == entry.rev
    assert table.node(table.context, len(index), node) == -1
    assert table.parents(table.context, -7, parents) == -1
    assert table.rev(table.context, b"x" * 20) == -2


@pytest.mark.parametrize(
    "pattern",
    [
        r"re:(?=src).*file[0-9]\.py$",
        r"re:(src)/mod0/(?!file3).*",
        r"re:.*(.)\1.*",
        "re:(?<!x)bin/.*",
        r"re:(?:[^/]{1,255}/){0,400}[^/]+\.py$",
    ],
)
def test_patterns_only_python_can_express_match_alike(pattern: str, originals: Callable[[str], Path]) -> None:
    root = str(originals("default"))
    answers = []
    for name in ("pure", "native"):
        repo = select_engine(name).open(root, EngineSettings())
        files, _ = repo.files(None, PatternSet(root, [pattern]))
        answers.append(list(files))
    assert answers[0] == answers[1]
    assert answers[0]


def test_an_exotic_pattern_that_python_refuses(native: EngineRepository) -> None:
    with pytest.raises(errors.InvalidPattern):
        native.files(None, PatternSet(native.root, [r"re:(?<=a+)b\1"]))


def test_progress_is_called_back(originals: Callable[[str], Path]) -> None:
    calls: list[tuple[str, int, int]] = []
    root = str(originals("default"))
    repo = select_engine("native").open(root, EngineSettings(), lambda *call: calls.append(call))
    count = len(list(repo.contents(0, PatternSet(root))))
    assert [position for _, position, _ in calls] == list(range(1, count + 1))
    assert {total for _, _, total in calls} == {count}


def test_an_exception_of_a_callback_reaches_the_caller(originals: Callable[[str], Path]) -> None:
    class Stop(Exception):
        pass

    def stop(topic: str, position: int, total: int) -> None:
        raise Stop

    root = str(originals("default"))
    repo = select_engine("native").open(root, EngineSettings(), stop)
    with pytest.raises(Stop):
        list(repo.contents(0, PatternSet(root)))


def test_ctrl_c_ends_a_native_walk(fresh: Callable[[str], Path]) -> None:
    """A signal that came before or during the walk is raised at its next check, as KeyboardInterrupt."""
    root = fresh("default")
    for number in range(2000):
        place = root / f"many{number // 100}"
        place.mkdir(exist_ok=True)
        (place / f"f{number}").touch()
    repo = select_engine("native").open(str(root), EngineSettings())

    def ask_for_ever() -> None:
        while True:
            repo.status(StatusRequest(PatternSet(str(root))))

    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    # a shell's background job begins with the signal ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            ask_for_ever()
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_gil_is_let_go(native: EngineRepository) -> None:
    """Eight threads ask at once; every one gets the whole answer."""
    request = StatusRequest(PatternSet(native.root), clean=True)
    expected = list(native.status(request).rows())
    answers: list[list[tuple[str, str]]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(list(native.status(request).rows()))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_a_forked_child_can_ask_too(native: EngineRepository) -> None:
    request = StatusRequest(PatternSet(native.root))
    expected = len(native.status(request).unknown)
    child = os.fork()
    if child == 0:
        os._exit(0 if len(native.status(request).unknown) == expected else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_repository_that_grows_is_seen_anew(fresh: Callable[[str], Path], peer: object) -> None:
    root = fresh("default")
    repo = select_engine("native").open(str(root), EngineSettings())
    before = repo.changelog()
    count = len(before)
    peer.ok(root, "commit", "-q", "-m", "one more")  # type: ignore[attr-defined]
    assert len(before) == count
    assert len(repo.changelog()) == count + 1
