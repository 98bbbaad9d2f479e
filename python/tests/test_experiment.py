"""The parts of the GRPO experiment that need no policy."""

from __future__ import annotations

import random
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "python" / "experiments"))

import rhyme_grpo  # noqa: E402

CROSSED = """The gate was shut, the lane was white,
The farmer would not let us through;
We slept beneath the hedge that night
And woke up colder than we knew."""
REPEATED = """The gate was shut beside the lane,
The farmer would not leave the lane;
We slept that night beneath the lane
And woke up cold upon the lane."""


def test_lines_that_rhyme_on_another_word_are_paid():
    short, longer = CROSSED.rpartition("\n")[0], CROSSED + "\nAnd all the lane was white."
    assert rhyme_grpo.rhyme_rewards([CROSSED, REPEATED, short, longer])[0] == [1.0, 0.0, 0.0, 1.0]


def test_advantages_are_within_a_prompt():
    worth = rhyme_grpo.advantages([0.0, 1.0, 5.0, 5.0], answers=2)
    assert worth == pytest.approx([-1.0, 1.0, 0.0, 0.0], abs=1e-3)


def test_passages_are_whole_stanzas_where_they_can_be():
    found = list(rhyme_grpo.passages("\n\n".join([CROSSED] * 3), random.Random(1)))
    assert "\n\n".join(found) == "\n\n".join([CROSSED] * 3)
    lines = [len(one.replace("\n\n", "\n").split("\n")) for one in found]
    assert all(4 <= n <= 10 for n in lines)
    long = list(rhyme_grpo.passages("\n".join(CROSSED.split("\n") * 6), random.Random(1)))
    assert all(4 <= one.count("\n") + 1 <= 10 for one in long)
