"""A monitor inside a trainer: TRL (any trainer of transformers), and verl."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from ._messages import completion_text, prompt_text
from .monitor import Monitor

log = logging.getLogger("doggerel")

#: Texts of which a step's numbers are made: fewer give wide intervals.
ENOUGH = 256


def trl(
    monitor: Monitor,
    *,
    every: int = 1,
    texts: int = ENOUGH,
    generate: Callable[..., tuple[Sequence[Any], Sequence[Any]]] | None = None,
) -> Any:
    """A `TrainerCallback` that watches variety.

    Of trainers that sample (GRPO, RLOO, online DPO) it sees the completions: give `callback.observe` among the reward functions,
    with weight 0. When `texts` of them have gathered, their numbers go into the trainer's own log (through `log_metric`, where
    the trainer passes it) and to the monitor's trackers. Of other trainers `generate(model=…, processing_class=…, step=…)`
    samples, every `every` steps: it gives prompts and texts. Only the main process logs.

        callback = doggerel.callbacks.trl(monitor)
        GRPOTrainer(…, reward_funcs=[reward, callback.observe], callbacks=[callback],
                    args=GRPOConfig(…, reward_weights=[1.0, 0.0]))
    """
    from transformers import TrainerCallback

    class MonitorCallback(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.monitor = monitor
            self.step = 0
            self.numbers: dict[str, float] = {}
            self.observe = Observe(monitor, texts)

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self.step = state.global_step
            if generate is None or state.global_step % every or not state.is_world_process_zero:
                return
            processing = kwargs.get("processing_class", kwargs.get("tokenizer"))
            prompts, made = generate(model=kwargs.get("model"), processing_class=processing, step=state.global_step)
            self.numbers = monitor.log(state.global_step, prompts, made)
            state.log_history.append({**self.numbers, "step": state.global_step})

        def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self.observe.finish(state.global_step)

    return MonitorCallback()


class Observe:
    """A reward function of TRL that rewards nothing, and sees all. Used by `trl`."""

    __name__ = "doggerel_monitor"

    def __init__(self, monitor: Monitor, texts: int = ENOUGH) -> None:
        self.monitor, self.enough = monitor, texts
        self.prompts: list[str] = []
        self.texts: list[str] = []
        self.numbers: dict[str, float] = {}

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Any = None,
        trainer_state: Any = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float]:
        self.prompts += [prompt_text(prompt) or "" for prompt in prompts]
        self.texts += [completion_text(completion) for completion in completions]
        main = getattr(trainer_state, "is_world_process_zero", True)
        if len(self.texts) >= self.enough:
            if main:
                self._log(getattr(trainer_state, "global_step", 0), log_metric)
            self.prompts, self.texts = [], []
        return [0.0] * len(completions)

    def _log(self, step: int, log_metric: Callable[[str, float], None] | None) -> None:
        try:
            self.numbers = self.monitor.log(step, self.prompts, self.texts)
        except Exception:  # a monitor must not end a training run
            log.exception("variety could not be told at step %d", step)
            return
        for key, value in self.numbers.items():
            if log_metric is not None:
                log_metric(key, value)

    def finish(self, step: int) -> None:
        """Logs what has gathered since the last numbers."""
        if self.texts:
            self._log(step, None)
            self.prompts, self.texts = [], []


class VerlRollouts:
    """Follows the rollouts that verl writes (`trainer.rollout_data_dir`, a `STEP.jsonl` a step) and logs each step's variety.

    verl has no hook between its rollouts and its tracker, and this needs none: start it beside the trainer, in the same process
    or another. `poll()` logs the steps that are complete and were not logged; `start()` does so from a thread until `stop()`.
    """

    def __init__(self, folder: str | os.PathLike[str], monitor: Monitor, *, seconds: float = 10.0) -> None:
        self.folder, self.monitor, self.seconds = os.fspath(folder), monitor, seconds
        self.done: set[int] = set()
        self.numbers: dict[int, dict[str, float]] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def poll(self, *, all: bool = False) -> list[int]:
        """Steps logged now. A file is complete when a later one is there, or it has not changed for a while (`all`: at once)."""
        steps = sorted(int(name[:-6]) for name in self._names() if name[:-6].isdigit())
        logged = []
        for step in steps:
            if step in self.done or not (all or step != steps[-1] or self._is_quiet(step)):
                continue
            if self._log(step):
                logged.append(step)
            self.done.add(step)
        return logged

    def _names(self) -> list[str]:
        try:
            return [name for name in os.listdir(self.folder) if re.fullmatch(r"\d+\.jsonl", name)]
        except FileNotFoundError:
            return []

    def _is_quiet(self, step: int) -> bool:
        return time.time() - os.path.getmtime(os.path.join(self.folder, f"{step}.jsonl")) > self.seconds

    def _log(self, step: int) -> bool:
        prompts, texts = [], []
        with open(os.path.join(self.folder, f"{step}.jsonl"), encoding="utf-8") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                    prompts.append(str(record.get("input", "")))
                    texts.append(str(record["output"]))
                except (ValueError, KeyError, AttributeError):
                    log.warning("a line of %s/%d.jsonl is no rollout", self.folder, step)
        if not texts:
            return False
        self.numbers[step] = self.monitor.log(step, prompts, texts)
        return True

    def start(self) -> VerlRollouts:
        """Follows from a thread."""

        def follow() -> None:
            while not self._stop.wait(self.seconds):
                try:
                    self.poll()
                except Exception:  # a monitor must not end a training run
                    log.exception("rollouts in %s could not be read", self.folder)

        self._thread = threading.Thread(target=follow, daemon=True, name="doggerel-rollouts")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Logs what is left, and ends."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.poll(all=True)
