"""Many machines, through Ray Data: the same result, to the byte, as one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from . import _native, _sources
from ._api import _against
from ._documents import Census, Comparison


def _part(batch: Any, how: dict[str, Any], name: str) -> Any:
    """What a worker makes of a batch: one row, the readings of it."""
    import pyarrow

    readings = _sources.read(batch, name, how)
    return pyarrow.table({"part": pyarrow.array([readings.to_bytes()], pyarrow.large_binary())})


def _portrait(batch: Any, how: dict[str, Any]) -> Any:
    import pyarrow

    return pyarrow.table({"portrait": [_sources.read(batch, "samples", how).portrait().to_json()]})


def _count(batch: Any, how: dict[str, Any], name: str) -> Any:
    import pyarrow

    return pyarrow.table({"part": [_sources.count(batch, name, how).to_json()]})


def _mapped(dataset: Any, function: Any, arguments: dict[str, Any], batch_size: int) -> Any:
    import ray

    # Parts are put together in the order of their records, so that ids and ties fall as on one machine.
    # A dataset keeps the context that it was made in.
    context = getattr(dataset, "context", None) or ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    return dataset.map_batches(
        function, fn_kwargs=arguments, batch_format="pyarrow", batch_size=batch_size, zero_copy_batch=True
    )


def measure(
    dataset: Any,
    against: Any = "human",
    *,
    name: str = "samples",
    fields: Mapping[str, str] | None = None,
    by: str | None = None,
    suite: str | os.PathLike[str] | None = None,
    peers: bool = False,
    seed: int = 1,
    batch_size: int = 1024,
) -> Comparison:
    """`doggerel.measure` of a Ray dataset: its n rows are read by the workers of the cluster, the readings brought together here
    and compared. The document is the same, to the byte, as that of the same rows on one machine; a worker that dies costs
    its batch's time and nothing else.

    Names of fields are guessed in each batch, so give `fields` where rows are unlike each other; rows without an id have the
    number of the row. About 6 kB a text come here: for more texts than fit, see `portrait`.
    """
    how = _sources.how(fields, by=by, suite=suite, part=True)
    parts = _mapped(dataset, _part, {"how": how, "name": name}, batch_size)
    read = [_native.Readings.from_bytes(row["part"]) for row in parts.iter_rows()]
    readings = _native.merge(read)
    for notice in readings.notices:
        _sources.log.info(notice)
    _sources._say_skipped(readings)
    return Comparison(*_native.measure(readings, _against(against, fields, None), seed, peers, by, None))


def portrait(dataset: Any, *, fields: Mapping[str, str] | None = None, batch_size: int = 1024) -> _native.Portrait:
    """What all the verse in a dataset is like: shares of forms, schemes, metres. Workers send sums, which merge exactly; any
    number of rows."""
    portraits = _mapped(dataset, _portrait, {"how": _sources.how(fields, part=True)}, batch_size)
    whole = _native.Portrait()
    for row in portraits.iter_rows():
        whole = whole.merge(_native.Portrait.from_json(row["portrait"]))
    return whole


def census(
    dataset: Any,
    *,
    name: str = "samples",
    fields: Mapping[str, str] | None = None,
    seed: int = 1,
    batch_size: int = 1024,
) -> Census:
    """`doggerel.census` of a Ray dataset: its n rows, a text each, are read by the workers, which send counts (some kB a batch); any
    number of rows. The document is the same, to the byte, as `doggerel.census` and `doggerel census --json` give of the same
    records under the same name, however the rows are split, in whatever order they come, and whichever worker dies.

    Names of fields are guessed in each batch, so give `fields` where rows are unlike each other.
    """
    parts = _mapped(dataset, _count, {"how": _sources.how(fields, part=True), "name": name}, batch_size)
    whole = _native.CensusPart()
    for row in parts.iter_rows():
        whole = whole.merge(_native.CensusPart.from_json(row["part"]))
    _sources.say_counted(whole)
    return Census(_native.census(whole, [name], seed))
