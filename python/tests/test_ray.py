"""On a local Ray cluster, one of its workers killed half-way. Run with `pytest -m ray`; needs ray[data]."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from conftest import CHAT, VARIED, corpus_rows, records

import doggerel

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def ray():
    import ray
    import ray.data

    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def rows():
    rows = []
    for i in range(2):
        for record in records(CHAT) + records(VARIED):
            rows.append({"prompt": record["prompt"], "text": record["text"] + f"\nand {i} gates", "temperature": 0.7})
    rows[200]["text"] = " "
    return rows


def test_the_same_bytes_as_one_machine(ray):
    from ray.data import from_items

    samples = rows()
    expected = doggerel.measure(samples, by="prompt").to_json()
    dataset = from_items(samples, override_num_blocks=8)
    assert doggerel.ray.measure(dataset, by="prompt", batch_size=25).to_json() == expected


def slowly(dataset, folder, batch_size):
    """The same rows, by workers that say who they are and take a while, so that there is time to kill one."""

    # inside, so that it travels whole: workers have no such module
    def slow(batch, folder):
        open(os.path.join(folder, str(os.getpid())), "a").close()
        time.sleep(0.5)
        return batch

    return dataset.map_batches(slow, fn_kwargs={"folder": str(folder)}, batch_size=batch_size)


class Killer:
    """Kills the first process that says in a folder that it works."""

    def __init__(self, folder):
        self.folder, self.killed, self.over = folder, [], False
        self.thread = threading.Thread(target=self._kill)

    def _kill(self):
        until = time.time() + 300
        while time.time() < until and not self.killed and not self.over:
            for pid in map(int, os.listdir(self.folder)):
                time.sleep(0.3)
                os.kill(pid, signal.SIGKILL)
                self.killed.append(pid)
                break
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.thread.join()


def test_a_worker_that_is_killed_changes_nothing(ray, tmp_path):
    from ray.data import from_items

    samples = rows()
    expected = doggerel.measure(samples).to_json()
    with Killer(tmp_path) as killer:
        dataset = slowly(from_items(samples, override_num_blocks=16), tmp_path, 25)
        comparison = doggerel.ray.measure(dataset, batch_size=25)
    assert killer.killed, "no worker was killed"
    assert comparison.to_json() == expected


def test_a_census_is_that_of_one_machine(ray, tmp_path):
    from ray.data import from_items

    pages = corpus_rows()
    expected = doggerel.census(pages, name="pages.jsonl").to_json()
    for blocks, batch in ((8, 5), (3, 1024)):
        dataset = from_items(pages, override_num_blocks=blocks)
        assert doggerel.ray.census(dataset, name="pages.jsonl", batch_size=batch).to_json() == expected
    with Killer(tmp_path) as killer:
        dataset = slowly(from_items(pages, override_num_blocks=16), tmp_path, 8)
        census = doggerel.ray.census(dataset, name="pages.jsonl", batch_size=8)
    assert killer.killed, "no worker was killed"
    assert census.to_json() == expected


def test_portraits_are_reduced(ray):
    from ray.data import from_items

    samples = rows()
    assert doggerel.ray.portrait(from_items(samples, override_num_blocks=5), batch_size=90) == doggerel.read(samples).portrait()


def test_one_memory_in_a_named_actor(ray):
    from doggerel.reward import Diversity

    texts = [record["text"] for record in records(CHAT)]
    own = Diversity("human", "poetry")
    first, second = (Diversity("human", "poetry", actor="doggerel-test") for _ in range(2))
    expected = own.score(texts[:32]), own.score(texts[32:])
    assert (first.score(texts[:32]), second.score(texts[32:])) == expected
