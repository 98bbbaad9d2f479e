"""The functions of the package."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from . import _native, _sources
from ._documents import Census, Comparison, Document, Gate, SetComparison, Track
from ._native import CensusPart, Readings

#: Names of the references that doggerel brings along.
SHIPPED = ("human", "people", "poetry", "jokes", "stories", "poetry-1", "jokes-1", "stories-1")


def read(
    samples: Any,
    *,
    name: str = "samples",
    fields: Mapping[str, str] | None = None,
    strict: bool = False,
    format: str | None = None,
    by: str | None = None,
    suite: str | os.PathLike[str] | None = None,
    threads: int | None = None,
) -> Readings:
    """Reads every text once, for several measurements of the same set.

    `samples`: a list of n texts or n dictionaries, a path, a table of n rows. A dictionary's (or row's) text, prompt, id and
    model are found by the names that tools use, or by `fields={"text": "completion", "prompt": "input"}`. Records that
    cannot be read are skipped, counted and said in the log "doggerel"; `strict` makes the first a ValueError.
    """
    how = _sources.how(fields, strict, format, by, suite, threads=threads)
    return _sources.read(samples, name, how)


def read_batch(batch: Any, *, fields: Mapping[str, str] | None = None, strict: bool = False) -> Any:
    """The readings of an Arrow batch or table: n rows in, a row a text out, with the columns that `doggerel read` stores
    (`id`, `kind`, `form_name`, `scheme`, `form.rhyme_density`, … `text`).

    A reading depends on its text alone, so batches can be read anywhere and put together again: `measure` takes the tables.
    pyarrow in, a pyarrow table out; of anything else, an object with `__arrow_c_stream__`.
    """
    arrow = _native.ArrowReadings(read(batch, fields=fields, strict=strict))
    pyarrow = sys.modules.get("pyarrow")
    is_pyarrow = type(batch).__module__.split(".")[0] == "pyarrow"
    return pyarrow.table(arrow) if pyarrow is not None and is_pyarrow else arrow


def count_batch(batch: Any, *, fields: Mapping[str, str] | None = None, strict: bool = False) -> CensusPart:
    """Counts the verse and fiction in an Arrow batch or table: n rows in, one `CensusPart` out, of some kB however large n is.

    What a text holds depends on that text alone, and parts merge exactly in any order: `census` takes what they are together.
    """
    return _sources.count(batch, "samples", _sources.how(fields, strict, part=True))


def census(
    *shards: Any,
    name: str = "samples",
    fields: Mapping[str, str] | None = None,
    strict: bool = False,
    format: str | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> Census:
    """How much verse and fiction a corpus holds, and of what forms, wherever they stand in its texts.

    `shards`: paths (WARC and WET too), or n texts in any shape that `measure` takes, or a `CensusPart`; what is no path is called
    `name`. The document is that of `doggerel census --json`: `.verse`, `.rhymed`, `.unrhymed`, `.literary_prose` are counts
    corrected for what the detector misses and takes falsely, N = (found − f · megabytes) / r (Rogan & Gladen 1978), with 95 %
    intervals. docs/census.md says what counts.
    """
    if not shards:
        raise TypeError("census() counts one corpus or more: give a path or texts")
    how = _sources.how(fields, strict, format, threads=threads)
    whole = CensusPart()
    for shard in shards:
        whole = whole.merge(_sources.count(shard, name, how))
    _sources.say_counted(whole)
    names = [os.fspath(shard) if _sources.is_path(shard) else name for shard in shards]
    return Census(_native.census(whole, names, seed))


def _against(against: Any, fields: Mapping[str, str] | None, threads: int | None) -> Any:
    """The name of a shipped reference or of an atlas in a file, or readings."""
    if isinstance(against, (str, os.PathLike)):
        name = os.fspath(against)
        is_atlas = name.endswith(".parquet") and os.path.isfile(name)
        if name in SHIPPED or is_atlas or not os.path.exists(name):
            return name
    return _sources.read(against, "reference", _sources.how(fields, threads=threads))


def measure(
    samples: Any,
    against: Any = "human",
    *,
    name: str = "samples",
    fields: Mapping[str, str] | None = None,
    by: str | None = None,
    suite: str | os.PathLike[str] | None = None,
    peers: bool = False,
    strict: bool = False,
    format: str | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> Comparison:
    """Has this set collapsed, into what, away from what, and what does it repeat?

    Holds n texts (at least 20; 256 and more give narrow intervals) against a reference: "human" (people's poems, jokes or
    stories, whichever the samples are), "poetry", "jokes", "stories", or a set of your own in any shape that samples have
    (best a base model's answers to the same prompts). `by` names a field whose groups are measured each; `suite` the
    requests that were asked; `peers` adds the measures of other papers. The numbers are those of `doggerel measure` with
    the same seed, on any number of threads.

    Reach is ρ = (1/m) Σ 1[min_j d(y_i, x_j) ≤ τ_i] normalized by people's own, the improved recall of Kynkäänniemi et al. 2019
    at matched n; kinds are the effective number exp(H) of Jost 2006. docs/measures.md teaches each.
    """
    how = _sources.how(fields, strict, format, by, suite, threads=threads)
    readings = _sources.read(samples, name, how)
    document, evidence = _native.measure(readings, _against(against, fields, threads), seed, peers, by, threads)
    return Comparison(document, evidence)


def _sets(sets: Any, fields: Mapping[str, str] | None, threads: int | None) -> list[tuple[str, Readings]]:
    named = sets.items() if isinstance(sets, Mapping) else ((None, one) for one in sets)
    read = []
    for i, (name, one) in enumerate(named):
        called = chr(ord("A") + i) if i < 26 else f"set {i + 1}"
        readings = _sources.read(one, str(name) if name is not None else called, _sources.how(fields, threads=threads))
        own = readings.name if isinstance(one, (str, os.PathLike, Readings)) else called
        read.append((str(name) if name is not None else own, readings))
    return read


def compare(
    *sets: Any,
    against: Any = "human",
    fields: Mapping[str, str] | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
    **named: Any,
) -> SetComparison:
    """Do sets differ: base and tuned, model and model? In what, and which kinds has one that the other lacks?

    `compare(base, tuned)` or, with names, `compare(base=…, tuned=…)`: two or more sets, each as for `measure`, and all of them
    against one reference. Differences are tested, paired by prompt where the sets share prompts, and adjusted for their
    number (Benjamini & Hochberg 1995). Sets that were sampled at different settings are refused unless `force`.
    """
    if sets and named:
        raise TypeError("give all sets a name, or none")
    read = _sets(named or sets, fields, threads)
    document, notes = _native.compare(read, _against(against, fields, threads), seed, force, threads)
    for note in notes:
        _sources.log.warning(note)
    return SetComparison(document)


def gate(
    samples: Any,
    against: Any,
    *,
    fail_on: str | Sequence[str] = (),
    delta: float = 0.2,
    looks: int = 1,
    fields: Mapping[str, str] | None = None,
    force: bool = False,
    seed: int = 1,
    threads: int | None = None,
) -> Gate:
    """For pipelines: has a set lost variety against its base? `gate(…).outcome` is "holds", "collapsed" or "cannot tell".

    A test of non-inferiority (Piaggio et al. 2012) with the margin `delta`: a measure may fall to 1 − delta times the base's.
    `fail_on` gives rules in place of the usual ones ("reach<0.8", "repeats.exact>0.05"); `looks` checkpoints gated one
    after another keep the level of one.
    """
    rules = [fail_on] if isinstance(fail_on, str) else list(fail_on)
    readings = _sources.read(samples, "samples", _sources.how(fields, threads=threads))
    deciding = _deciding(seed, delta, looks, rules, force, threads)
    # A file is a base and not an atlas: its own texts are the other half of the test.
    is_file = isinstance(against, (str, os.PathLike)) and os.path.exists(against)
    base = _sources.read(against, "base", _sources.how(fields, threads=threads)) if is_file else _against(against, fields, threads)
    document, notes = _native.gate(readings, base, deciding)
    for note in notes:
        _sources.log.warning(note)
    return Gate(document)


def _deciding(
    seed: int, delta: float, looks: int, rules: list[str], force: bool, threads: int | None
) -> dict[str, Any]:
    return {"seed": seed, "delta": delta, "looks": looks, "rules": rules, "force": force, "threads": threads}


def track(
    runs: Any,
    against: Any = None,
    *,
    delta: float = 0.2,
    fields: Mapping[str, str] | None = None,
    seed: int = 1,
    threads: int | None = None,
) -> Track:
    """The measures over a series of checkpoints, and the first that fails the gate.

    `runs`: a dictionary of name (with its step: "step_200") to samples, or a list of samples in order; `against` is the base
    where it is not the first of them.
    """
    read = _sets(runs, fields, threads)
    base = None if against is None else _sources.read(against, "base", _sources.how(fields, threads=threads))
    document, notes = _native.track(read, base, _deciding(seed, delta, 1, [], True, threads))
    for note in notes:
        _sources.log.warning(note)
    return Track(document)


def scan(text: str | Sequence[str], *, prompt: str | None = None, historical: bool = False) -> Any:
    """Hears a poem: its kind, form, rhyme scheme, metre, line by line. A list of texts gives a list.

    Attributes as in the JSON of `doggerel scan` (`doggerel.reading/1`): `scan(poem).scheme`, `.metre.name`,
    `.stanzas[0].lines[0].real` (a letter a syllable, w or s). `prompt` tells whether a poem was asked for; `historical`
    counts what rhymed between about 1500 and 1800.
    """
    if isinstance(text, str):
        return Document(_native.scan([text], prompt, historical)[0])
    return [Document(one) for one in _native.scan(list(text), prompt, historical)]


def rhyme(a: str, b: str, *, historical: bool = False) -> Document:
    """Whether two words, or line ends, rhyme: `rhyme("light", "night").rhymes`, as `doggerel rhyme --json`; `why` is
    a sentence. `rhyme(…)["class"]` is perfect, mosaic, promoted, rich, slant, … or none."""
    return Document(_native.rhyme(a, b, historical))


def rhymes(word: str) -> list[tuple[str, str, int]]:
    """Words of the lexicon that rhyme with a word: (word, class, syllables), the commonest of each class first."""
    return _native.rhymes(word)


def say(word: str) -> list[dict[str, str]]:
    """How a word is pronounced, the most usual way first: `arpabet`, `ipa`, `via` (lexicon, morphology or g2p) and `how`."""
    return [dict(zip(("arpabet", "ipa", "via", "how"), way, strict=True)) for way in _native.say(word)]
