"""The census in Python: what the command says, in parts of any size and order."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess

import pytest
from conftest import CHAT, VARIED, corpus_rows, records

import doggerel


@pytest.fixture(scope="module")
def rows():
    return corpus_rows()


@pytest.fixture(scope="module")
def path(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "pages.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_corpus_of_any_shape(rows, path):
    import pandas
    import pyarrow

    whole = doggerel.census(rows, name="pages")
    assert whole.schema == "doggerel.census/1" and list(whole.shards) == ["pages"]
    assert whole.census.texts == len(rows) - 1 and whole.census.skipped == 1
    assert whole.verse.found > 50 and whole.verse.low < whole.verse.value < whole.verse.high
    for same in (pyarrow.Table.from_pylist(rows), pandas.DataFrame(rows), iter(rows)):
        assert doggerel.census(same, name="pages").to_json() == whole.to_json()
    of_file = doggerel.census(path)
    assert list(of_file.shards) == [str(path)] and of_file.census.to_dict() == whole.census.to_dict()
    assert str(whole).lstrip().startswith("pages · ") and "quatrains" in str(whole)


def test_parts_of_any_size_in_any_order_give_the_same_bytes(rows):
    import pyarrow

    table = pyarrow.Table.from_pylist(rows)
    whole = doggerel.census(rows).to_json()
    for size in (1, 7, 64, len(rows)):
        parts = [doggerel.count_batch(table.slice(at, size)) for at in range(0, len(rows), size)]
        random.Random(size).shuffle(parts)
        assert [pickle.loads(pickle.dumps(part)) for part in parts] == parts
        merged = doggerel.CensusPart()
        for part in parts:
            merged = part + merged
        assert doggerel.census(merged).to_json() == whole, size
        # and as a tree
        while len(parts) > 1:
            parts = [parts[i].merge(parts[i + 1]) if i + 1 < len(parts) else parts[i] for i in range(0, len(parts), 2)]
        assert doggerel.census(parts[0]).to_json() == whole, size


def test_a_side_of_a_merge_counts(rows):
    first, second = doggerel.count_batch(rows[:40]), doggerel.count_batch(rows[40:])
    both = first.merge(second)
    for name in ("texts", "bytes", "words", "skipped"):
        assert getattr(both, name) == getattr(first, name) + getattr(second, name) > getattr(first, name) * (name != "skipped")
    for counts in ("forms", "metres"):
        assert sum(getattr(both, counts).values()) == sum(getattr(first, counts).values()) + sum(getattr(second, counts).values())


def test_the_command_writes_the_same(path):
    command = os.environ.get("DOGGEREL")
    if not command:
        pytest.skip("DOGGEREL names no command to hold against")
    told = subprocess.run(
        [command, "census", "--json", "--seed", "3", "--quiet", path.name], cwd=path.parent, capture_output=True, check=True
    )
    there = os.getcwd()
    os.chdir(path.parent)
    try:
        assert doggerel.census(path.name, seed=3).to_json().encode() == told.stdout
    finally:
        os.chdir(there)
    assert doggerel.census(records(path), name=path.name, seed=3).to_json().encode() == told.stdout


def test_several_shards(rows, path, tmp_path):
    torn = tmp_path / "torn.jsonl.zst"
    torn.write_bytes(b"\x28\xb5\x2f\xfd no more")
    both = doggerel.census(path, rows, name="again")
    assert list(both.shards) == [str(path), "again"] and both.census.texts == 2 * (len(rows) - 1)
    with pytest.raises(ValueError, match="torn"):
        doggerel.census(path, torn)


def test_no_corpus_is_told():
    with pytest.raises(TypeError):
        doggerel.census()
    with pytest.raises(ValueError, match="empty"):
        doggerel.census([{"text": " "}, {"text": ""}])
    with pytest.raises(ValueError, match=r"fields=\{\"text\""):
        doggerel.census([{"a": 1}])
    with pytest.raises(ValueError):
        doggerel.census(["A gate.", " "], strict=True)
    with pytest.raises(ValueError, match="no part of a census"):
        doggerel.CensusPart.from_json("{}")


def test_examples_are_poems():
    chat, varied = (doggerel.census(path) for path in (CHAT, VARIED))
    assert chat.rhymed.found > varied.rhymed.found
