"""In the training loop: the monitor, the reward under the signatures of three trainers, callbacks."""

from __future__ import annotations

import http.server
import inspect
import json
import logging
import math
import pickle
import socket
import socketserver
import threading
import types

import pytest

import doggerel
from doggerel.reward import Diversity, Scored

# How trainers call a reward, as recorded from their sources: trl 1.16.0 (GRPOTrainer._calculate_rewards), verl 0.9.1
# (NaiveRewardManager.run_single), openrlhf 0.11.2 (SingleTurnExecutor._fetch_rewards_via_func).
TRL = ("prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric")
VERL = ("data_source", "solution_str", "ground_truth", "extra_info")
OPENRLHF = ("queries", "prompts", "labels")


@pytest.fixture(scope="module")
def reward():
    return Diversity("human", "poetry")


def texts(records):
    return [record["text"] for record in records]


def test_the_monitor_tells_variety_from_its_loss(chat, varied):
    monitor = doggerel.Monitor("human", "poetry")
    lost = monitor.log(1, ["Write a poem."] * len(chat), texts(chat))
    kept = monitor.log(2, None, texts(varied))
    assert set(lost) | set(kept) <= set(monitor.keys())
    assert all(isinstance(value, float) and math.isfinite(value) for value in lost.values())
    assert lost["doggerel/E_form"] < 0.5 * kept["doggerel/E_form"]
    assert lost["doggerel/n"] == 64 and lost["doggerel/rhymed_share"] > 0.9
    for arguments in [(1, ["a"], ["b", "c"]), (1, None, [])]:
        with pytest.raises(ValueError):
            monitor.log(*arguments)


def test_the_monitor_holds_texts_against_a_base(chat, varied, tmp_path):
    seen = []
    monitor = doggerel.Monitor(
        varied, "poetry", trackers=lambda step, numbers: seen.append((step, numbers)), keep=tmp_path, prefix="v"
    )
    messages = [[{"role": "user", "content": "A poem, please."}]] * len(chat)
    numbers = monitor.log(7, messages, [[{"role": "assistant", "content": text}] for text in texts(chat)])
    assert seen == [(7, numbers)] and "v/E_content" in monitor.keys()
    kept = [json.loads(line) for line in (tmp_path / "step_000007.jsonl").read_text(encoding="utf-8").splitlines()]
    assert kept[0]["prompt"] == "A poem, please." and [one["text"] for one in kept] == texts(chat)


def test_the_signatures_are_those_that_trainers_call(reward):
    for method, names in [(reward, TRL), (reward.compute_score, VERL), (reward.reward_func, OPENRLHF)]:
        signature = inspect.signature(method)
        assert tuple(signature.parameters)[: len(names)] == names
        assert any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    assert reward.__name__ == "diversity"
    assert not inspect.iscoroutinefunction(reward.__call__) and not inspect.iscoroutinefunction(reward.compute_score)


def call_as_trl(function, inputs, completions):
    """What GRPOTrainer._calculate_rewards does with a synchronous reward function."""
    prompts = [example["prompt"] for example in inputs]
    extra, metrics = {}, {}
    keys = [key for key in inputs[0] if key not in ["prompt", "completion", "completion_ids"]]
    reward_kwargs = {key: [example[key] for example in inputs] for key in keys}
    reward_kwargs["trainer_state"] = types.SimpleNamespace(global_step=3, is_world_process_zero=True)
    reward_kwargs["log_extra"] = lambda column, values: extra.setdefault(column, []).extend(values)
    reward_kwargs["log_metric"] = lambda name, value: metrics.setdefault(name, []).append(value)
    output = function(prompts=prompts, completions=completions, completion_ids=[[1]] * len(prompts), **reward_kwargs)
    output = [reward if reward is not None else math.nan for reward in output]
    assert len(output) == len(prompts)
    return output, extra, metrics


def test_trl_gets_a_reward_a_completion(reward, chat):
    poems = texts(chat)[:8]
    plain = [{"prompt": "Write a poem.", "topic": "sea"} for _ in poems]
    rewards, extra, metrics = call_as_trl(reward, plain, poems)
    assert all(-3 <= one <= 3 for one in rewards)
    assert {len(values) for values in extra.values()} == {len(poems)} and metrics["diversity/on_task"] == [1.0]
    conversations = [{"prompt": [{"role": "user", "content": "Write a poem."}]} for _ in poems]
    answers = [[{"role": "assistant", "content": [{"type": "text", "text": poem}]}] for poem in poems]
    fresh, same = Diversity("human", "poetry"), Diversity("human", "poetry")
    assert call_as_trl(fresh, conversations, answers)[0] == call_as_trl(same, plain, poems)[0]


def test_verl_gets_a_score(reward, chat):
    result = reward.compute_score(
        data_source="poems", solution_str=chat[0]["text"], ground_truth=None, extra_info={"prompt": "Write a poem."}
    )
    assert -3 <= result["score"] <= 3 and result["diversity_on_task"] == 1.0


def test_openrlhf_gets_rewards_scores_and_logs(reward, chat):
    prompt = "<|user|>Write a poem.<|assistant|>"
    result = reward.reward_func([prompt + chat[0]["text"]], [prompt], [""])
    assert set(result) == {"rewards", "scores", "extra_logs"}
    assert len(result["rewards"]) == len(result["extra_logs"]["diversity_on_task"]) == 1
    # what is scored is the answer, without the prompt before it
    fresh, same = Diversity("human", "poetry"), Diversity("human", "poetry")
    poems = texts(chat)[:8]
    asked = fresh.reward_func([prompt + poem for poem in poems], [prompt] * 8, [""] * 8)
    assert asked["rewards"] == [one.reward for one in same.score(poems)]


def test_what_is_written_too_often_earns_less_than_what_is_varied(chat, varied):
    reward = Diversity("human", "poetry")
    reward.score(texts(chat))
    collapsed, spread = reward.score(texts(chat)), reward.score(texts(varied))
    mean = lambda scored: sum(one.reward for one in scored) / len(scored)  # noqa: E731
    assert mean(collapsed) < mean(spread) - 0.3
    assert all(one.reward == -3.0 for one in reward.score(["", "x" * 500, "- a\n- b\n- c"]))


def test_a_copy_goes_on_with_the_memory(chat):
    reward = Diversity("human", "poetry")
    reward.score(texts(chat)[:32])
    copied = pickle.loads(pickle.dumps(reward))
    assert copied.__name__ == "diversity"
    assert copied.score(texts(chat)[32:]) == reward.score(texts(chat)[32:])
    other = Diversity("human", "poetry")
    other.restore(reward.snapshot())
    assert other.score(texts(chat)[:5]) == reward.score(texts(chat)[:5])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"window": 0}, "window"),
        ({"reference": "martians"}, "martians"),
        ({"reference": ["a", "b"] * 3}, "at least 25"),
        ({"content": 1.0}, "content"),
        ({"server": "ftp://x"}, "no address"),
        ({"server": "http://x", "actor": "y"}, "not in both"),
        ({"unreachable": "maybe"}, "unreachable"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, said):
    with pytest.raises(ValueError, match=said) as raised:
        Diversity(**{"suite": "poetry", **arguments})
    assert "\n" not in str(raised.value)


class Answers(http.server.BaseHTTPRequestHandler):
    """A server as `doggerel reward serve` answers, which is busy at first."""

    protocol_version = "HTTP/1.1"
    busy = 1
    seen: list = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Answers.seen.append((self.path, self.headers.get("Authorization"), body))
        if Answers.busy:
            Answers.busy -= 1
            return self._answer(429, {"error": "busy"}, {"Retry-After": "0.05"})
        if "refuse" in body["texts"]:
            return self._answer(400, {"error": "there are no texts: send at least one"})
        scores = [{"reward": 0.5, "on_task": 1.0, "form": 0.5, "content": None, "copied": 0.0} for _ in body["texts"]]
        return self._answer(200, {"rewards": [0.5] * len(scores), "scores": scores, "extra_logs": {}})

    def _answer(self, status, body, headers=()):
        body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        request, _ = super().get_request()
        return request, ("local", 0)


@pytest.fixture(params=["http", "unix"])
def server(request, tmp_path):
    if request.param == "http":
        serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        address = f"http://127.0.0.1:{serving.server_port}"
    else:
        serving = UnixServer(str(tmp_path / "s"), Answers)
        address = f"unix:{tmp_path / 's'}"
    Answers.busy, Answers.seen = 1, []
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield address
    serving.shutdown()
    serving.server_close()


def test_the_memory_may_live_in_a_server(server, monkeypatch):
    monkeypatch.setenv("DOGGEREL_REWARD_TOKEN", "planted-token")
    reward = pickle.loads(pickle.dumps(Diversity(server=server, timeout=10)))
    assert reward.score(["a", "b"], ["p", None]) == [Scored(0.5, 1.0, 0.5, None, 0.0)] * 2
    path, token, body = Answers.seen[-1]
    assert (path, token) == ("/score", "Bearer planted-token")
    assert body == {"texts": ["a", "b"], "prompts": ["p", None]} and len(Answers.seen) == 2
    with pytest.raises(ValueError, match="send at least one"):
        reward.score(["refuse"])
    assert b"planted-token" not in pickle.dumps(Diversity(server=server, token="planted-token"))
    with pytest.raises(ValueError, match="not in this process"):
        reward.snapshot()


def test_a_server_that_is_gone_ends_training_or_gives_no_reward(caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gone = f"http://127.0.0.1:{port}"
    with pytest.raises(ConnectionError, match="doggerel reward serve"):
        Diversity(server=gone, timeout=0.3)(prompts=["p"], completions=["c"])
    patient = Diversity(server=gone, timeout=0.3, unreachable="none")
    assert patient(prompts=["p"], completions=["c"]) == [None]
    assert patient.compute_score("d", "s", None)["score"] == 0.0
    assert "no diversity reward" in caplog.text


def test_a_trl_trainer_is_watched(chat, monkeypatch):
    class TrainerCallback:
        """As transformers has it: every event takes args, state, control and keywords."""

    monkeypatch.setitem(__import__("sys").modules, "transformers", types.SimpleNamespace(TrainerCallback=TrainerCallback))
    seen = []
    monitor = doggerel.Monitor("human", "poetry", trackers=[lambda step, numbers: seen.append(step)])
    callback = doggerel.callbacks.trl(monitor, texts=64)
    assert isinstance(callback, TrainerCallback)
    inputs = [{"prompt": "Write a poem."} for _ in range(32)]
    rewards, _, metrics = call_as_trl(callback.observe, inputs, texts(chat)[:32])
    assert rewards == [0.0] * 32 and metrics == {}
    _, _, metrics = call_as_trl(callback.observe, inputs, texts(chat)[32:])
    assert metrics["doggerel/n"] == [64.0] and seen == [3]

    state = types.SimpleNamespace(global_step=20, is_world_process_zero=True, log_history=[])
    sampled = doggerel.callbacks.trl(
        monitor, every=10, generate=lambda model, processing_class, step: (["p"] * 64, texts(chat))
    )
    sampled.on_step_end(None, state, None, model=object(), processing_class=object())
    assert state.log_history[0]["step"] == 20 and state.log_history[0]["doggerel/n"] == 64.0
    state.global_step = 21
    sampled.on_step_end(None, state, None)
    assert len(state.log_history) == 1


def test_one_process_logs_and_the_end_logs_the_rest(chat, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transformers", types.SimpleNamespace(TrainerCallback=object))
    seen = []
    monitor = doggerel.Monitor("human", "poetry", trackers=lambda step, numbers: seen.append((step, numbers["doggerel/n"])))
    callback = doggerel.callbacks.trl(monitor, texts=20)
    other = types.SimpleNamespace(global_step=1, is_world_process_zero=False)
    callback.observe(prompts=["p"] * 30, completions=texts(chat)[:30], trainer_state=other)
    assert seen == [] and callback.observe.texts == []
    main = types.SimpleNamespace(global_step=2, is_world_process_zero=True)
    callback.observe(prompts=["p"] * 12, completions=texts(chat)[:12], trainer_state=main)
    assert seen == []
    callback.on_train_end(None, main, None)
    callback.on_train_end(None, main, None)
    assert seen == [(2, 12.0)]


def test_a_monitor_does_not_end_training(caplog):
    class Broken:
        def log(self, *_):
            raise RuntimeError("disk full")

    observe = doggerel.callbacks.Observe(Broken(), texts=1)
    with caplog.at_level(logging.ERROR):
        assert observe(prompts=["p"], completions=["c"]) == [0.0]
    assert "disk full" in caplog.text


def test_verl_rollouts_are_followed(chat, tmp_path):
    def write(step, records):
        lines = [json.dumps({"input": "Write a poem.", "output": r["text"], "score": 1.0, "step": step}) for r in records]
        (tmp_path / f"{step}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    seen = []
    monitor = doggerel.Monitor("human", "poetry", trackers=lambda step, numbers: seen.append(step))
    rollouts = doggerel.callbacks.VerlRollouts(tmp_path, monitor, seconds=3600)
    assert rollouts.poll() == []
    write(9, chat)
    assert rollouts.poll() == []  # may still be written
    write(10, chat[:40])
    assert rollouts.poll() == [9] and rollouts.poll() == []
    rollouts.stop()
    assert seen == [9, 10] and rollouts.numbers[10]["doggerel/n"] == 40
