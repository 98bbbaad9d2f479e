"""The diversity reward, as TRL, verl and OpenRLHF call a reward.

r = o·(c + s) − c, with s = clip(Σ_v w_v ln[(κ_R(x) + ε_v) / (κ_B∖x(x) + ε_v)], ±c): κ_R is the mean kernel similarity of a text to
the reference, κ_B to the last 2,000 outputs **over the whole dataset**, not the prompt's group; o is the share to which the
text is on task and of its own words. A policy that spreads as the reference does earns 0 in the mean; a kind that it
writes too often costs, one that it neglects pays.

The memory must live in one place. With one process that is the process: `Diversity()`. With several, `doggerel reward
serve` holds it (`Diversity(server="http://127.0.0.1:8731")`), or a named Ray actor (`Diversity(actor="diversity")`).
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from . import _native
from ._messages import completion_text, prompt_text

log = logging.getLogger("doggerel")


class Scored(NamedTuple):
    """What a text earns, and why."""

    #: r, from -clip to clip.
    reward: float
    #: o, from 0 to 1.
    on_task: float
    #: ln of the ratio of kernels in form, and in content where that is weighed; None off task.
    form: float | None
    content: float | None
    #: Share of its lines (of four words and more) that stand in the reference.
    copied: float


class Diversity:
    """A reward for variety over the whole dataset. Called as TRL calls one; `compute_score` is verl's, `reward_func`
    OpenRLHF's.

    `reference` and `suite` as of `doggerel.Monitor`; `form` and `content` weigh how texts are built and what they say (content
    wants a reference with texts; by default as much as form there). With `server` or `actor` these are settled where the
    memory lives. It can be pickled: a copy goes on with the memory that this one has.
    """

    def __init__(
        self,
        reference: Any = "human",
        suite: str | None = None,
        *,
        window: int = 2000,
        form: float = 1.0,
        content: float | None = None,
        prior: float = 100.0,
        clip: float = 3.0,
        historical: bool = False,
        server: str | None = None,
        actor: str | None = None,
        token: str | None = None,
        timeout: float = 60.0,
        unreachable: str = "raise",
        name: str = "diversity",
    ) -> None:
        if server and actor:
            raise ValueError("the memory lives in a server or in an actor, not in both (give server= or actor=)")
        if unreachable not in ("raise", "none"):
            raise ValueError(f"unreachable={unreachable!r} is not known (give 'raise', or 'none' for no reward)")
        #: What trainers call it in their logs.
        self.__name__ = name
        self._unreachable = unreachable
        self._memory: Any
        if server:
            self._memory = _Server(server, token, timeout)
        else:
            weighing = {
                "window": window,
                "form": form,
                "content": content,
                "prior": prior,
                "clip": clip,
                "historical": historical,
            }
            own = _Own(reference, suite, weighing)
            self._memory = _Actor(actor, own) if actor else own
            if not actor:
                own.native()  # what is wrong with an argument is said now

    def score(self, texts: Sequence[str], prompts: Sequence[str | None] | None = None) -> list[Scored]:
        """Scores n texts, each beside the window and the others of the batch, and remembers them."""
        if prompts is not None and len(prompts) != len(texts):
            raise ValueError(f"{len(prompts)} prompts were given for {len(texts)} texts (give one a text, or None)")
        if not texts:
            return []
        return self._memory.score(list(texts), None if prompts is None else list(prompts))

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Any = None,
        trainer_state: Any = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """As TRL's GRPOTrainer calls it: a reward a completion; strings, or conversations as lists of messages."""
        texts = [completion_text(completion) for completion in completions]
        scored = self._score(texts, [prompt_text(prompt) for prompt in prompts])
        if scored is None:
            return [None] * len(texts)
        if log_extra is not None:
            log_extra(f"{self.__name__}_on_task", [one.on_task for one in scored])
            log_extra(f"{self.__name__}_form", [one.form for one in scored])
        if log_metric is not None and scored:
            for key in ("on_task", "copied"):
                log_metric(f"{self.__name__}/{key}", sum(getattr(one, key) for one in scored) / len(scored))
        return [one.reward for one in scored]

    def compute_score(
        self,
        data_source: str,
        solution_str: str,
        ground_truth: Any = None,
        extra_info: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, float]:
        """As verl calls it, one answer at a time: the score, and beside it what verl logs. The prompt is taken from
        `extra_info["prompt"]` (or "question") where it is there."""
        info = extra_info or {}
        prompt = next((info[key] for key in ("prompt", "question") if info.get(key) is not None), None)
        scored = self._score([solution_str], [prompt_text(prompt)])
        # verl adds scores up: what could not be scored is worth nothing.
        one = Scored(0.0, 0.0, None, None, 0.0) if scored is None else scored[0]
        return {"score": one.reward, "diversity_on_task": one.on_task, "diversity_copied": one.copied}

    def reward_func(
        self, queries: Sequence[str], prompts: Sequence[Any], labels: Sequence[Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """As OpenRLHF calls it: `queries` are prompts with their answers, whole. Gives torch tensors where torch is loaded."""
        pairs = list(zip(queries, prompts, strict=True))
        scored = self._score([_answer(query, prompt) for query, prompt in pairs], [prompt_text(p) for _, p in pairs])
        if scored is None:
            scored = [Scored(0.0, 0.0, None, None, 0.0)] * len(pairs)
        rewards = _numbers([one.reward for one in scored])
        logs = {"diversity_on_task": _numbers([one.on_task for one in scored])}
        return {"rewards": rewards, "scores": rewards, "extra_logs": logs}

    def _score(self, texts: list[str], prompts: list[str | None]) -> list[Scored] | None:
        try:
            return self.score(texts, prompts)
        except ConnectionError as error:
            if self._unreachable == "raise":
                raise
            log.warning("no diversity reward for %d texts: %s", len(texts), error)
            return None

    def snapshot(self) -> bytes:
        """The memory, where it is in this process."""
        if not isinstance(self._memory, _Own):
            raise ValueError("the memory is not in this process (a server keeps its own: --snapshot)")
        return bytes(self._memory.native().snapshot())

    def restore(self, snapshot: bytes) -> None:
        """Goes on with a memory that `snapshot` gave."""
        if not isinstance(self._memory, _Own):
            raise ValueError("the memory is not in this process (a server keeps its own: --snapshot)")
        self._memory.native().restore(snapshot)


def _answer(query: str, prompt: Any) -> str:
    """What follows the prompt in a query; where the prompt is not there as it is, all of it."""
    asked = prompt if isinstance(prompt, str) else prompt_text(prompt)
    return query[len(asked) :] if asked and query.startswith(asked) else query


def _numbers(values: list[float]) -> Any:
    torch = sys.modules.get("torch")
    return values if torch is None else torch.tensor(values)


class _Own:
    """The memory in this process, made when it is needed."""

    def __init__(self, reference: Any, suite: str | None, weighing: dict[str, Any]) -> None:
        self.reference, self.suite, self.weighing = reference, suite, weighing
        self._lock = threading.Lock()
        self._native: _native.Diversity | None = None
        self._saved: bytes | None = None

    def native(self) -> _native.Diversity:
        with self._lock:
            if self._native is None:
                from ._api import _against

                against = _against(self.reference, None, None)
                made = _native.Diversity(against, self.suite, *self.weighing.values())
                if self._saved is not None:
                    made.restore(self._saved)
                self._native, self._saved = made, None
            return self._native

    def score(self, texts: list[str], prompts: list[str | None] | None) -> list[Scored]:
        pairs = list(zip(prompts or [None] * len(texts), texts, strict=True))
        return [Scored(*one) for one in self.native().score(pairs)]

    def __getstate__(self) -> dict[str, Any]:
        saved = self._saved if self._native is None else bytes(self._native.snapshot())
        return {"reference": self.reference, "suite": self.suite, "weighing": self.weighing, "saved": saved}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["reference"], state["suite"], state["weighing"])  # type: ignore[misc]
        self._saved = state["saved"]


class _Server:
    """The memory of `doggerel reward serve`. A thread keeps its connection."""

    def __init__(self, server: str, token: str | None, timeout: float) -> None:
        self.server, self.timeout = server, timeout
        url = urllib.parse.urlsplit(server)
        if url.scheme == "unix":
            self._at: tuple[str, Any] = ("unix", url.path or url.netloc)
        elif url.scheme == "http" and url.hostname:
            self._at = ("http", (url.hostname, url.port or 80))
        else:
            raise ValueError(f"{server} is no address of a reward server (give http://127.0.0.1:8731 or unix:/run/doggerel.sock)")
        # The token stays out of pickles, logs and errors: the environment has it on every machine.
        self._token = token
        self._local = threading.local()

    def __getstate__(self) -> dict[str, Any]:
        return {"server": self.server, "timeout": self.timeout}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["server"], None, state["timeout"])  # type: ignore[misc]

    def score(self, texts: list[str], prompts: list[str | None] | None) -> list[Scored]:
        body = json.dumps({"texts": texts, "prompts": prompts}).encode()
        until = time.monotonic() + self.timeout
        pause = 0.1
        while True:
            try:
                status, headers, answer = self._post(body)
            except (OSError, http.client.HTTPException) as error:
                self._close()
                why, wait = f"{type(error).__name__}: {error}", pause
            else:
                if status == 200:
                    scores = json.loads(answer)["scores"]
                    return [Scored(*(one.get(key) for key in Scored._fields)) for one in scores]
                if status not in (429, 500, 502, 503, 504):
                    raise ValueError(f"the reward server at {self.server} refused the texts: {_said(answer)}")
                why, wait = f"it answered {status}", _seconds(headers.get("Retry-After"), pause)
            if time.monotonic() + wait > until:
                raise ConnectionError(
                    f"the reward server at {self.server} could not be reached within {self.timeout:g} s: {why} "
                    "(start it with `doggerel reward serve`)"
                )
            time.sleep(wait)
            pause = min(2 * pause, 5.0)

    def _post(self, body: bytes) -> tuple[int, Any, bytes]:
        connection = getattr(self._local, "connection", None)
        # A connection that was opened before a fork is the parent's.
        if connection is None or self._local.process != os.getpid():
            connection = _UnixConnection(self._at[1], self.timeout) if self._at[0] == "unix" else (
                http.client.HTTPConnection(*self._at[1], timeout=self.timeout)
            )
            self._local.connection, self._local.process = connection, os.getpid()
        headers = {"Content-Type": "application/json"}
        token = self._token or os.environ.get("DOGGEREL_REWARD_TOKEN")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection.request("POST", "/score", body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    def _close(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _said(answer: bytes) -> str:
    try:
        said = json.loads(answer)
        return str(said.get("error", said))[:300] if isinstance(said, dict) else str(said)[:300]
    except ValueError:
        return answer.decode(errors="replace")[:300]


def _seconds(header: str | None, otherwise: float) -> float:
    try:
        return max(0.0, float(header)) if header else otherwise
    except ValueError:
        return otherwise


class _Actor:
    """The memory in a Ray actor of that name, which the first that asks makes."""

    def __init__(self, name: str, own: _Own) -> None:
        self.name, self.own = name, own
        self._handle: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "own": self.own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["name"], state["own"])  # type: ignore[misc]

    def handle(self) -> Any:
        if self._handle is None:
            import ray

            options = {"name": self.name, "get_if_exists": True, "lifetime": "detached", "max_restarts": -1, "num_cpus": 1}
            self._handle = ray.remote(_Own).options(**options).remote(self.own.reference, self.own.suite, self.own.weighing)
        return self._handle

    def score(self, texts: list[str], prompts: list[str | None] | None) -> list[Scored]:
        import ray

        return ray.get(self.handle().score.remote(texts, prompts))
