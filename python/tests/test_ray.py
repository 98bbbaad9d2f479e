"""On a local Ray cluster, one of its workers killed half-way. Run with `pytest -m ray`; needs ray[data]."""

from __future__ import annotations

import os
import signal
import time

import pytest
from conftest import CHAT, VARIED, records

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


def test_a_worker_that_is_killed_changes_nothing(ray, tmp_path):
    import threading

    from ray.data import from_items

    def slow(batch, folder):
        """Says which process works, and takes a while, so that there is time to kill it."""
        open(os.path.join(folder, str(os.getpid())), "a").close()
        time.sleep(0.5)
        return batch

    samples = rows()
    expected = doggerel.measure(samples).to_json()
    killed = []

    def kill():
        until = time.time() + 300
        while time.time() < until and not killed:
            for pid in map(int, os.listdir(tmp_path)):
                time.sleep(0.3)
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                break
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    dataset = from_items(samples, override_num_blocks=16).map_batches(
        slow, fn_kwargs={"folder": str(tmp_path)}, batch_size=25
    )
    comparison = doggerel.ray.measure(dataset, batch_size=25)
    thread.join()
    assert killed, "no worker was killed"
    assert comparison.to_json() == expected


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
