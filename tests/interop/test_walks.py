"""Random walks over all writing commands: the peer, both engines, and all of them by turns in one repository.

`HYG_WALK_STEPS` and `HYG_WALK_SEEDS` make longer walks (`make test-nightly`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import walking
from walk_steps import left_out

STEPS = int(os.environ.get("HYG_WALK_STEPS", "50"))
SEEDS = [int(seed) for seed in os.environ.get("HYG_WALK_SEEDS", "2 3 4 5").split()]
#: The peer's `verify` is asked after so many steps (one by one in the long form).
VERIFY = int(os.environ.get("HYG_WALK_VERIFY", "25"))
#: Of a walk of so many steps no command is left out.
LONG = 2000


@pytest.mark.parametrize("seed", SEEDS)
def test_walk(seed: int, tmp_path: Path) -> None:
    walk = walking.Walk(tmp_path, seed)
    try:
        for number in range(1, STEPS + 1):
            differences: list[object] = list(walk.take())
            if number % VERIFY == 0 or number == STEPS:
                differences += walk.verify(deeply=number % walking.DEEPLY == 0 or number == STEPS)
            assert not differences, "\n".join([f"seed {seed}", *map(str, walk.done), *map(str, differences)])
        assert len(walk.done) == STEPS
        print(
            f"\nseed {seed}: {STEPS} steps, {walk.verified} times verified; the peer crashed in {len(walk.crashes)}"
        )
        assert {step.args[0] for step in walk.done if step.args} >= {"commit"}
        assert STEPS < LONG or not left_out(walk.done)
    finally:
        walk.close()
