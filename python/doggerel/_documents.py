"""Results: documents with the keys of the JSON as attributes."""

from __future__ import annotations

import datetime
import html as _html
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from . import _native


class Record(Mapping[str, Any]):
    """A part of a document: `record.key` and `record["key"]` are the same. It is read, not changed."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        object.__setattr__(self, "_fields", fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_fields":
            raise AttributeError(name)
        try:
            return _wrapped(self._fields[name])
        except KeyError:
            known = ", ".join(self._fields)
            raise AttributeError(f"no {name!r} in this part of the document, which has {known}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("results are read, not changed; to_dict() gives a copy")

    def __getitem__(self, name: str) -> Any:
        return _wrapped(self._fields[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._fields})

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._fields!r})"

    def __reduce__(self) -> Any:
        return (type(self), (self._fields,))

    def to_dict(self) -> dict[str, Any]:
        """A copy as plain dictionaries, lists and numbers."""
        return json.loads(json.dumps(self._fields))


class Number(Record):
    """A measured number: `value`, with `low` and `high` (95 %), `n`, and `null` (another draw of the reference) where they
    apply. `float(number)` is its value."""

    __slots__ = ()

    def __float__(self) -> float:
        return float(self._fields["value"])

    def __getattr__(self, name: str) -> Any:
        if name in ("low", "high", "level", "null", "p") and name not in self._fields:
            return None
        return super().__getattr__(name)

    def __repr__(self) -> str:
        low, high = self._fields.get("low"), self._fields.get("high")
        between = "" if low is None or high is None else f" [{low:.3g}, {high:.3g}]"
        return f"{self._fields['value']:.3g}{between} (n = {self._fields.get('n')})"


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        is_number = "n" in value and isinstance(value.get("value"), (int, float))
        return Number(value) if is_number else Record(value)
    if isinstance(value, list):
        return [_wrapped(one) for one in value]
    return value


class Document(Record):
    """A whole result, as the command line's `--json` has it."""

    __slots__ = ("_json",)

    def __init__(self, text: str) -> None:
        super().__init__(json.loads(text))
        object.__setattr__(self, "_json", text)

    def __reduce__(self) -> Any:
        return (type(self), (self._json,))

    def to_json(self) -> str:
        """The document, byte for byte as the command line writes it."""
        return self._json

    def to_pandas(self) -> Any:
        """Every number of the document, one a row: `name` ("views.form.reach"), `value`, `low`, `high`, `level`, `n`, `p`,
        and `null_value`, `null_low`, `null_high`. Needs pandas."""
        import pandas

        return pandas.DataFrame(list(_numbers("", self._fields)), columns=_COLUMNS)


_COLUMNS = ["name", "value", "low", "high", "level", "n", "p", "null_value", "null_low", "null_high"]


def _numbers(name: str, value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "n" in value and isinstance(value.get("value"), (int, float)):
            null = value.get("null") or {}
            own = {key: value.get(key) for key in ("value", "low", "high", "level", "n", "p")}
            yield {"name": name, **own, **{f"null_{key}": null.get(key) for key in ("value", "low", "high")}}
        for key, part in value.items():
            if key != "null":
                yield from _numbers(f"{name}.{key}" if name else key, part)
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from _numbers(f"{name}[{i}]", part)


class _Report(Document):
    """A document that has a terminal rendering and a page."""

    __slots__ = ("_evidence",)

    def __init__(self, text: str, evidence: _native.Evidence | None = None) -> None:
        super().__init__(text)
        object.__setattr__(self, "_evidence", evidence)

    def __reduce__(self) -> Any:
        return (type(self), (self._json, self._evidence))

    def __str__(self) -> str:
        return _native.text(self._json, False, 100).rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def to_html(self) -> str:
        """The report as one self-contained page: no network, and texts of strangers only as text."""
        return _native.html(self._json, self._evidence, datetime.date.today().isoformat())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page."""
        with open(path, "w", encoding="utf-8") as page:
            page.write(self.to_html())

    def _repr_html_(self) -> str:
        # The page keeps its own policy; the frame has no origin, so that nothing in it reaches the notebook.
        page = _html.escape(self.to_html(), quote=True)
        style = "width:100%;height:720px;border:1px solid #ccc"
        return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{page}"></iframe>'


class Comparison(_Report):
    """One set held against a reference (`doggerel.measure/1`), as `measure` gives it.

    `comparison.verdict.word`, `comparison.views.form.reach.value`, `comparison.missing[0].label` … ; in a notebook it
    shows the whole report.
    """

    __slots__ = ()


class SetComparison(_Report):
    """Two or more sets against each other (`doggerel.compare/1`)."""

    __slots__ = ()


class Track(_Report):
    """A series of checkpoints against its base (`doggerel.track/1`)."""

    __slots__ = ()


class Census(Document):
    """How much verse a corpus holds (`doggerel.census/1`): `census.verse.value` poems, between `.low` and `.high`, of which
    `.found` were found; `.forms`, `.literary_prose`, `.census` (the counts as they are)."""

    __slots__ = ()

    def __str__(self) -> str:
        return _native.text(self._json, False, 100).rstrip("\n")

    def __repr__(self) -> str:
        return str(self)


class Gate(Document):
    """A gate's answer (`doggerel.gate/1`): `gate.outcome` is "holds", "collapsed" or "cannot tell"."""

    __slots__ = ()

    def __str__(self) -> str:
        return _native.text(self._json, False, 100).rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0 holds, 3 cannot tell, 4 collapsed."""
        return {"holds": 0, "cannot tell": 3, "collapsed": 4}[self._fields["outcome"]]

    def junit(self) -> str:
        """As JUnit XML, a test case a rule."""
        return _native.junit(self._json)

    def github(self) -> str:
        """As annotations of GitHub's workflows."""
        return _native.github(self._json)
