"""Variety as flat numbers, a training step at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import _native
from ._api import _against
from ._messages import completion_text, prompt_text

Tracker = Callable[[int, Mapping[str, float]], None]


class Monitor:
    """Watches a training run for lost variety.

    `base` is what texts are held against: "human" (people's works), or a base model's samples to the same prompts in any
    shape that `doggerel.measure` takes; `suite` what was asked ("poetry", "jokes", "stories", or a suite's name). `log`
    gives floats under fixed keys, and hands them to `trackers` (`doggerel.trackers`). `keep` is a folder into which the texts
    of every step are written, for `doggerel gate` and `doggerel track`. 256 poems take under two seconds; no network, no
    transformer.

    >>> monitor = Monitor("human", "poetry")
    >>> numbers = monitor.log(100, ["Write a poem."] * 2, ["The sea is wide,\\nand so am I;"] * 2)
    >>> numbers["doggerel/repeats_exact"]
    0.5
    """

    def __init__(
        self,
        base: Any = "human",
        suite: str | None = None,
        *,
        trackers: Tracker | Sequence[Tracker] = (),
        keep: str | os.PathLike[str] | None = None,
        prefix: str = "doggerel",
        historical: bool = False,
        seed: int = 1,
    ) -> None:
        keep = None if keep is None else os.fspath(keep)
        self._native = _native.Monitor(_against(base, None, None), suite, seed, prefix, keep, historical)
        self.trackers: list[Tracker] = [trackers] if callable(trackers) else list(trackers)

    def keys(self) -> list[str]:
        """Every key that `log` may give; which, depends on the base alone."""
        return self._native.keys()

    def log(self, step: int, prompts: Sequence[Any] | None, texts: Sequence[Any]) -> dict[str, float]:
        """The numbers of one step: n texts, and n prompts or None. Both may be strings or conversations.

        E, reach and their intervals ("doggerel/E_form", "doggerel/E_form_low", …), "doggerel/on_task", repeats, shares of
        rhyme and quatrains, and "doggerel/gate": 1 where variety holds, -1 where it is lost, 0 where these texts cannot
        tell. A key whose value these texts cannot tell is absent, so that a curve has a gap and never a false point.
        """
        asked = [prompt_text(prompt) or "" for prompt in prompts or ()]
        numbers = self._native.log(int(step), asked, [completion_text(text) for text in texts])
        for tracker in self.trackers:
            tracker(int(step), numbers)
        return numbers
