"""Whatever a person has, as something that the native half reads."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from typing import Any

from . import _native

log = logging.getLogger("doggerel")



def how(
    fields: Mapping[str, str] | None = None,
    strict: bool = False,
    format: str | None = None,
    by: str | None = None,
    suite: str | os.PathLike[str] | None = None,
    part: bool = False,
    threads: int | None = None,
) -> dict[str, Any]:
    """How texts are read, as the native half wants to be told."""
    return {
        "fields": [f"{what}={name}" for what, name in (fields or {}).items()],
        "strict": strict,
        "format": format,
        "by": by,
        "suite": None if suite is None else os.fspath(suite),
        "part": part,
        "threads": threads,
    }


def read(samples: Any, name: str, how: dict[str, Any]) -> _native.Readings:
    """Reads samples of any kind; says in the log what a person should know of it."""
    if isinstance(samples, _native.Readings):
        return samples
    readings = _read(samples, name, how)
    for notice in readings.notices:
        log.info(notice)
    if not how["part"]:
        _say_skipped(readings)
    return readings


def _say_skipped(readings: _native.Readings) -> None:
    import json

    for skipped in json.loads(readings.about())["skipped"]:
        at = ", ".join(skipped["at"])
        log.warning("%s: %d records skipped: %s (%s)", readings.name, skipped["n"], skipped["reason"], at)


def _read(samples: Any, name: str, how: dict[str, Any]) -> _native.Readings:
    return _by_kind(samples, name, how, (_native.read_path, _native.read_arrow, _native.read_records))


def count(samples: Any, name: str, how: dict[str, Any]) -> _native.CensusPart:
    """Counts the verse in texts of any kind."""
    if isinstance(samples, _native.CensusPart):
        return samples
    return _by_kind(samples, name, how, (_native.count_path, _native.count_arrow, _native.count_records))


def say_counted(part: _native.CensusPart) -> None:
    """Says in the log what a person should know of how a corpus was read."""
    for notice in part.notices:
        log.info(notice)
    for broken in part.broken:
        log.warning("not read to its end: %s", broken)
    if part.skipped:
        log.warning("%d records skipped: damaged, or without a text", part.skipped)


def is_path(samples: Any) -> bool:
    return isinstance(samples, (str, os.PathLike))


def _by_kind(samples: Any, name: str, how: dict[str, Any], ways: tuple[Any, Any, Any]) -> Any:
    """Has a path, an Arrow object or an iterable of records read by its way."""
    of_path, of_arrow, of_records = ways
    if is_path(samples):
        path = os.fspath(samples)
        if "\n" in path:
            raise ValueError(
                "one text is not a set, and a string is taken for a path (give a list of texts; doggerel.scan reads one poem)"
            )
        return of_path(path, how)
    arrow = as_arrow(samples)
    if arrow is not None:
        return of_arrow(arrow, name, how)
    return of_records(as_records(samples), name, how)


def as_arrow(samples: Any) -> Any | None:
    """An object with the Arrow C data interface, if samples are or have one."""
    if hasattr(samples, "__arrow_c_stream__") or hasattr(samples, "__arrow_c_array__"):
        if _is_column(samples):
            return None
        # pandas has the method and needs pyarrow for it
        return samples if not _is_pandas(samples) or _importable("pyarrow") else None
    # A Hugging Face dataset gives its rows as a pyarrow table, in the order that it selects.
    if hasattr(samples, "with_format") and hasattr(samples, "num_rows"):
        return samples.with_format("arrow")[:]
    return None


def as_records(samples: Any) -> Iterable[Any]:
    """Anything else, a record (a text or a dictionary) at a time."""
    if _is_column(samples):
        return next(getattr(samples, name)() for name in _AS_LIST if hasattr(samples, name))
    if _is_pandas(samples):
        return samples.to_dict("records")
    if isinstance(samples, Mapping):
        return _rows(samples)
    if isinstance(samples, (bytes, bytearray)) or not isinstance(samples, Iterable):
        raise TypeError(
            f"samples cannot be {type(samples).__name__}: give texts, dictionaries, a path, or a table (pyarrow, pandas, "
            "polars, datasets)"
        )
    return samples


def _rows(columns: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Records of a dictionary of columns."""
    lists = {name: column for name, column in columns.items() if isinstance(column, (list, tuple))}
    if not lists or len(lists) < len(columns):
        splits = ", ".join(map(str, list(columns)[:5]))
        raise TypeError(f"a dictionary of samples has a list a column; choose a split where these are splits ({splits})")
    lengths = {len(column) for column in lists.values()}
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(column)}" for name, column in lists.items())
        raise ValueError(f"the columns have different lengths: {told}")
    names = list(lists)
    return (dict(zip(names, row, strict=True)) for row in zip(*lists.values(), strict=True))


#: How columns of pyarrow, polars, pandas and numpy become lists.
_AS_LIST = ("to_pylist", "to_list", "tolist")


def _is_column(samples: Any) -> bool:
    """One column of texts, without the schema of a table."""
    is_table = hasattr(samples, "schema") or hasattr(samples, "columns") or isinstance(samples, (list, tuple))
    return not is_table and any(hasattr(samples, name) for name in _AS_LIST)


def _is_pandas(samples: Any) -> bool:
    return type(samples).__module__.split(".")[0] == "pandas"


def _importable(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None
