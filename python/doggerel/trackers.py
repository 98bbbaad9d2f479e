"""Where numbers go: the user's own tracker, through its own client.

Each is called with (step, numbers), as `doggerel.Monitor(trackers=…)` does. The clients are imported when a tracker is made,
and only then.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any


class Wandb:
    """Weights & Biases: the run that is under way, or `run`. Works in offline mode (WANDB_MODE=offline) too."""

    def __init__(self, run: Any = None) -> None:
        if run is None:
            import wandb

            run = wandb.run
            if run is None:
                raise ValueError("there is no wandb run under way (call wandb.init(), or give run=)")
        self.run = run

    def __call__(self, step: int, numbers: Mapping[str, float]) -> None:
        # Without step=, which must not go back, and which a trainer counts in a way of its own.
        self.run.log({**numbers, "doggerel/step": step})


class TensorBoard:
    """TensorBoard: a folder for event files, or a writer with `add_scalar` (torch's, tensorboardX's) that is in use."""

    def __init__(self, to: str | os.PathLike[str] | Any) -> None:
        if isinstance(to, (str, os.PathLike)):
            from tensorboard.summary import Writer

            to = Writer(os.fspath(to))
        self.writer = to

    def __call__(self, step: int, numbers: Mapping[str, float]) -> None:
        for key, value in numbers.items():
            self.writer.add_scalar(key, value, step)
        self.writer.flush()


class MLflow:
    """MLflow: the run that is active, or `run_id`; where `tracking_uri` (or MLFLOW_TRACKING_URI) says."""

    def __init__(self, run_id: str | None = None, tracking_uri: str | None = None) -> None:
        import mlflow

        if run_id is None:
            active = mlflow.active_run()
            if active is None:
                raise ValueError("there is no active MLflow run (call mlflow.start_run(), or give run_id=)")
            run_id = active.info.run_id
        self.run_id = run_id
        self.client = mlflow.MlflowClient(tracking_uri)

    def __call__(self, step: int, numbers: Mapping[str, float]) -> None:
        import time

        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(key, value, now, step) for key, value in numbers.items()]
        self.client.log_batch(self.run_id, metrics=metrics)
