"""Measures mode collapse in what language models write.

One output at a time looks fine; it takes a whole set to see that a model writes one poem over and over. doggerel reads
hundreds or thousands of texts, hears their rhyme and metre, holds the set against what people write (or against a base
model's samples), and says with honest intervals which kinds of writing it enters, which it never does, and what it
repeats.

>>> import doggerel
>>> doggerel.rhyme("light", "night")["class"]
'perfect'

- `measure`, `compare`, `gate`, `track`: sets of texts, as the commands of the same names; same numbers, same JSON.
- `scan`, `rhyme`, `rhymes`, `say`: one poem, or words.
- `read`, `read_batch`, `Portrait`: what is computed of each text, for engines of your own.
- `Monitor`, `reward`, `callbacks`, `trackers`: in the training loop.
- `census`, `count_batch`: how much verse a corpus holds.
- `ray`: `measure` and `census` over a Ray Data dataset.

Samples are whatever you have: a list of strings or of dictionaries, a path, a pyarrow table or batch, a pandas or
polars frame, a Hugging Face dataset. None of these packages is needed, or imported, by doggerel.
"""

from __future__ import annotations

import importlib
from typing import Any

from ._api import (
    census,
    compare,
    count_batch,
    gate,
    measure,
    read,
    read_batch,
    rhyme,
    rhymes,
    say,
    scan,
    track,
)
from ._documents import Census, Comparison, Document, Gate, Number, Record, SetComparison, Track
from ._native import CensusPart, Portrait, Readings, __version__

__all__ = [
    "Census",
    "CensusPart",
    "Comparison",
    "Document",
    "Gate",
    "Monitor",
    "Number",
    "Portrait",
    "Readings",
    "Record",
    "SetComparison",
    "Track",
    "__version__",
    "callbacks",
    "census",
    "compare",
    "count_batch",
    "gate",
    "measure",
    "ray",
    "read",
    "read_batch",
    "reward",
    "rhyme",
    "rhymes",
    "say",
    "scan",
    "track",
    "trackers",
]

# Loaded when they are asked for, so that `import doggerel` stays quick.
_MODULES = ("callbacks", "ray", "reward", "trackers")


def __getattr__(name: str) -> Any:
    if name == "Monitor":
        return importlib.import_module(".monitor", __name__).Monitor
    if name in _MODULES:
        return importlib.import_module("." + name, __name__)
    raise AttributeError(f"module 'doggerel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
