"""Trackers through their own clients, each read back. Without its client a tracker's test is skipped."""

from __future__ import annotations

import pytest

import doggerel


def monitor(tracker):
    return doggerel.Monitor("human", "poetry", trackers=[tracker])


def poems(chat):
    return [record["text"] for record in chat]


def test_a_tracker_is_any_function(chat):
    seen = {}
    numbers = monitor(lambda step, n: seen.update({step: n})).log(5, None, poems(chat))
    assert seen == {5: numbers}


@pytest.mark.trainers
def test_tensorboard_event_files_are_read_back(chat, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    numbers = monitor(doggerel.trackers.TensorBoard(tmp_path)).log(5, None, poems(chat))
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    tags = events.Tags()
    for key, value in numbers.items():
        if key in tags["scalars"]:
            point = events.Scalars(key)[0]
            read = point.value
        else:
            point = events.Tensors(key)[0]
            read = float(point.tensor_proto.float_val[0] if point.tensor_proto.float_val else point.tensor_proto.double_val[0])
        assert point.step == 5 and read == pytest.approx(value, rel=1e-6)


@pytest.mark.trainers
def test_wandb_in_offline_mode(chat, tmp_path, monkeypatch):
    import wandb

    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    with pytest.raises(ValueError, match="wandb.init"):
        doggerel.trackers.Wandb()
    run = wandb.init(project="doggerel-test", dir=str(tmp_path))
    numbers = monitor(doggerel.trackers.Wandb()).log(5, None, poems(chat))
    assert dict(run.summary)["doggerel/E_form"] == pytest.approx(numbers["doggerel/E_form"])
    assert dict(run.summary)["doggerel/step"] == 5
    run.finish()
    assert list(tmp_path.rglob("*.wandb"))


@pytest.mark.trainers
def test_mlflow_in_a_local_store(chat, tmp_path, monkeypatch):
    import mlflow

    # Newer clients want to be told that a folder will do.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    uri = tmp_path.as_uri()
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("doggerel-test")
    with mlflow.start_run() as run:
        numbers = monitor(doggerel.trackers.MLflow()).log(5, None, poems(chat))
    client = mlflow.MlflowClient(uri)
    for key, value in numbers.items():
        [point] = client.get_metric_history(run.info.run_id, key)
        assert point.step == 5 and point.value == pytest.approx(value)
