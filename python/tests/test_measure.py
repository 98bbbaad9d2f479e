"""Measuring: the same numbers from every shape of samples, and as the command line."""

from __future__ import annotations

import copy
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import CHAT, VARIED

import doggerel


@pytest.fixture(scope="module")
def from_path():
    return doggerel.measure(CHAT)


def test_a_collapsed_set_is_called_so(from_path):
    assert from_path.verdict.word == "collapsed"
    reach = from_path.views.form.reach
    assert 0.2 < float(reach) < 0.45 and reach.low < reach.value < reach.high
    assert from_path["views"]["form"]["reach"]["value"] == reach.value
    assert from_path.missing[0].label
    assert "COLLAPSED" in str(from_path)


def test_absent_bounds_are_none_and_unknown_keys_are_named(from_path):
    assert from_path.samples.on_task.p is None
    with pytest.raises(AttributeError, match="verdict"):
        from_path.verdicts
    with pytest.raises(AttributeError, match="read, not changed"):
        from_path.verdict = 1


def without_names(comparison):
    document = comparison.to_dict()
    document["samples"]["name"] = ""
    # a distance has the reference's name in its own
    cfd = document["views"]["form"]["cfd"]
    cfd["name"] = cfd["name"].replace(document["reference"]["name"], "")
    return document


def shapes(records):
    import pandas
    import polars
    import pyarrow

    table = pyarrow.Table.from_pylist(records)
    yield "list of dictionaries", records
    yield "generator", (record for record in records)
    yield "columns", {key: [record[key] for record in records] for key in records[0]}
    yield "pyarrow table", table
    yield "pyarrow batch", table.combine_chunks().to_batches()[0]
    yield "pyarrow reader", table.to_reader(max_chunksize=7)
    yield "pandas", pandas.DataFrame(records)
    yield "polars", polars.DataFrame(records)
    yield "readings", doggerel.read(records)


def test_every_shape_gives_the_same(chat, from_path):
    assert {tuple(record) for record in chat} == {tuple(chat[0])}
    for name, shape in shapes(chat):
        assert without_names(doggerel.measure(shape)) == without_names(from_path), name


def test_texts_alone_are_numbered(chat):
    import pandas

    texts = [record["text"] for record in chat]
    from_list = doggerel.measure(texts)
    assert from_list.crowded[0].samples[0].isdigit()
    assert without_names(doggerel.measure(pandas.Series(texts))) == without_names(from_list)
    assert without_names(doggerel.measure(pandas.DataFrame({"text": texts}))) == without_names(from_list)


def test_rows_without_a_text_are_skipped_and_told(chat, caplog):
    import pandas

    rows = pandas.DataFrame([*chat[:30], {"text": None, "prompt": "p"}, {"text": " "}])
    comparison = doggerel.measure(rows)
    assert comparison.samples.n == 30
    assert sum(skipped["n"] for skipped in comparison.samples.skipped) == 2
    assert "skipped" in caplog.text
    with pytest.raises(ValueError, match="samples:3[12]"):
        doggerel.measure(rows, strict=True)


def test_fields_are_mapped_and_conversations_read(chat):
    rows = [
        {"meta": {"asked": record["prompt"]}, "out": [{"role": "assistant", "content": record["text"]}], "id": record["id"]}
        for record in chat
    ]
    comparison = doggerel.measure(rows, fields={"text": "out", "prompt": "meta.asked"})
    assert without_names(comparison)["views"] == without_names(doggerel.measure(CHAT))["views"]


def test_threads_and_seeds(chat, from_path):
    one = doggerel.measure(CHAT, threads=1)
    assert one.to_json() == from_path.to_json() == doggerel.measure(CHAT, threads=3).to_json()
    assert doggerel.measure(CHAT, seed=2).to_json() != one.to_json()


def test_groups_suites_and_peers(varied):
    comparison = doggerel.measure(VARIED, by="prompt", peers=True)
    assert comparison.groups[0].key and comparison.peers
    records = [{**record, "temperature": 0.7 + 0.1 * (i % 2)} for i, record in enumerate(varied)]
    by = doggerel.measure(records, by="temperature")
    assert sorted(group.key for group in by.groups)[0] == "0.7"
    with pytest.raises(ValueError, match="no record of .* has the field colour"):
        doggerel.measure(records, by="colour")


def test_against_a_set_of_ones_own(chat, varied):
    own = doggerel.measure(chat, against=varied)
    assert not own.reference.people and own.views.form.reach.value < 0.6
    assert without_names(own)["views"] == without_names(doggerel.measure(CHAT, against=VARIED))["views"]


def test_pages_and_frames_hold_strangers_texts_safely():
    hostile = '</script><script>alert(1)</script>"\'><img src=x onerror=alert(1)> &lt;b&gt;\n'
    texts = [f"{hostile}The lamp is {i},\nthe road is white,\nthe day is done,\nand here is night." for i in range(30)]
    comparison = doggerel.measure(texts)
    page = comparison.to_html()
    assert "<script>alert" not in page and "<img src=x" not in page
    frame = comparison._repr_html_()
    assert frame.startswith('<iframe sandbox="allow-scripts" ') and frame.endswith("</iframe>")
    inside = frame[len("<iframe") : -len("</iframe>")].split('srcdoc="', 1)[1]
    assert inside.endswith('">') and '"' not in inside[:-2] and "<" not in inside[:-2]


def test_documents_are_pickled_with_their_evidence(from_path):
    copied = pickle.loads(pickle.dumps(from_path))
    assert copied.to_json() == from_path.to_json() and copied.to_html() == from_path.to_html()
    assert copy.deepcopy(from_path.views.form).to_dict() == from_path.views.form.to_dict()


def test_numbers_as_a_frame(from_path):
    frame = from_path.to_pandas().set_index("name")
    reach = from_path.views.form.reach
    assert frame.loc["views.form.reach", "value"] == reach.value
    assert frame.loc["views.form.reach", "null_high"] == reach.null["high"]


def test_sets_gates_and_series(chat, varied, tmp_path):
    sets = doggerel.compare(chat=chat, varied=varied)
    assert [one.name for one in sets.sets] == ["chat", "varied"] and sets.verdict.word == "less varied"
    assert "chat" in sets.to_html() and str(sets)
    gate = doggerel.gate(chat, varied)
    assert gate.outcome in ("collapsed", "cannot tell") and gate.exit_code in (3, 4)
    assert "<testsuites" in gate.junit() and gate.github().startswith("::")
    track = doggerel.track({"step_10": varied, "step_20": chat})
    assert [step.step for step in track.steps] == [10.0, 20.0]
    path = tmp_path / "page.html"
    track.save(path)
    assert path.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("samples", "arguments", "error", "said"),
    [
        ([], {}, ValueError, "no records"),
        (["one poem"], {}, ValueError, "doggerel.scan"),
        ("no/such/file.jsonl", {}, ValueError, "there is no file or folder"),
        ("a text\nof two lines", {}, ValueError, "list of texts"),
        ([1, 2, 3], {}, ValueError, "number"),
        (42, {}, TypeError, "samples cannot be int"),
        (b"bytes", {}, TypeError, "samples cannot be bytes"),
        ({"train": 1}, {}, TypeError, "split"),
        ({"text": ["a"], "prompt": []}, {}, ValueError, "different lengths"),
        ([{"colour": "red"}] * 3, {}, ValueError, 'fields={"text": NAME}'),
        (CHAT, {"against": "martians"}, ValueError, "there is no reference martians"),
        (CHAT, {"threads": 0}, ValueError, "threads=0"),
        (CHAT, {"suite": "nonsense"}, ValueError, "suite"),
        (CHAT, {"fields": {"colour": "x"}}, ValueError, "colour"),
    ],
)
def test_bad_input_is_one_sentence(samples, arguments, error, said):
    with pytest.raises(error, match=said.replace("{", r"\{").replace("(", r"\(").replace(".", r"\.")) as raised:
        doggerel.measure(samples, **arguments)
    assert "\n" not in str(raised.value) and "--" not in str(raised.value)


def test_readings_as_arrow_and_back(chat, from_path):
    import polars
    import pyarrow

    table = pyarrow.Table.from_pylist(chat)
    halves = [doggerel.read_batch(table.slice(0, 30)), doggerel.read_batch(table.slice(30))]
    assert isinstance(halves[0], pyarrow.Table) and halves[0].num_rows == 30
    assert halves[0]["form.rhyme_density"].type == pyarrow.float32()
    whole = pyarrow.concat_tables(halves)
    assert without_names(doggerel.measure(whole)) == without_names(from_path)
    frame = polars.DataFrame(doggerel.read_batch(chat))
    assert frame["form_name"].to_list() == whole["form_name"].to_pylist()


def test_portraits_merge(chat, varied):
    a, b = doggerel.read(chat).portrait(), doggerel.read(varied).portrait()
    both = doggerel.read([*chat, *varied]).portrait()
    assert a + b == b.merge(a) == both == pickle.loads(pickle.dumps(both)) != a
    assert both.n == a.n + b.n and 0 < both.means()["rhymed_share"] < 1
    assert doggerel.Portrait().merge(a) == a and doggerel.Portrait().means() == {}


def test_the_command_line_gives_the_same_document(from_path):
    """`.ci/python` builds the command and names it in DOGGEREL."""
    by_command = subprocess.run([os.environ["DOGGEREL"], "measure", CHAT, "--json"], capture_output=True, text=True, check=True).stdout
    assert by_command == from_path.to_json()


def test_nothing_of_others_is_imported():
    code = "import sys, doggerel; doggerel.measure(['a\\nb'] * 20); print([m for m in ('pandas', 'pyarrow', 'numpy', 'polars') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_other_threads_go_on_meanwhile(chat):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.005):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.perf_counter()
    doggerel.measure(chat)
    ended = time.perf_counter()
    done.set()
    thread.join()
    assert sum(begun < tick < ended for tick in ticks) >= min(5, (ended - begun) / 0.05)


def test_ctrl_c_ends_a_long_reading():
    code = (
        "import doggerel\n"
        "texts = ['The gate was shut, the lane was white,\\nthe farmer would not let us through.' * 4 + str(i) for i in range(400_000)]\n"
        "print('begun', flush=True)\n"
        "try:\n    doggerel.read(texts)\nexcept KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline().strip() == "begun"
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=30)
    assert out.strip() == "interrupted" and child.returncode == 0


def test_a_forked_process_can_measure(chat):
    expected = json.loads(doggerel.measure(chat).to_json())["verdict"]["word"]
    code = (
        "import os, sys, doggerel, json\n"
        f"texts = [json.loads(l) for l in open({str(CHAT)!r}, encoding='utf-8')]\n"
        "doggerel.measure(texts)\n"
        "child = os.fork()\n"
        "if child == 0:\n    print(doggerel.measure(texts).verdict.word, flush=True)\n    os._exit(0)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stdout.strip() == expected, done.stderr


def test_parts_of_a_set_are_the_set(chat):
    """What `doggerel.ray.measure` does, without Ray: parts are read, sent as bytes, and merged in their order."""
    from doggerel import _native, _sources

    def without_ids(records):
        return [{"text": record["text"], "kl": i / 8} for i, record in enumerate(records)]

    def with_repeated_ids(records):
        return [{**record, "id": f"q{i % 11}"} for i, record in enumerate(records)]

    def several(records):
        return [{"responses": [record["text"], record["text"] + "\nand more"], "temperature": 0.7} for record in records]

    for made in (without_ids, with_repeated_ids, several):
        rows = [*made(chat[:9]), {"text": " ", "responses": [""]}, *made(chat[9:30]), {"text": "", "responses": [" "]}]
        whole = doggerel.read(rows)
        for size in (1, 7, 32):
            how = _sources.how(part=True)
            parts = [
                _native.Readings.from_bytes(_native.read_records(rows[i : i + size], "samples", how).to_bytes())
                for i in range(0, len(rows), size)
            ]
            merged = _native.merge(parts)
            assert (merged.about(), merged.summaries()) == (whole.about(), whole.summaries()), (made, size)
            assert merged.portrait() == whole.portrait()
    with pytest.raises(ValueError, match="empty"):
        _native.merge([_native.read_records([{"text": " "}], "samples", _sources.how(part=True))] * 2)
