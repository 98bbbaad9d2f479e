"""What does a reward that likes rhyme do to variety, and does `doggerel.reward.Diversity` keep it?

A small transformer learns people's verse, and is then tuned by GRPO (Shao et al. 2024) to rhyme: once with the rhyme reward
alone, once with the diversity reward added. `docs/training-experiment.md` says what came out. On two cores, beside the
doggerel wheel (`pip install ./python`):

    pip install jax tokenizers matplotlib numpy
    python python/experiments/rhyme_grpo.py pretrain DATA WORK
    python python/experiments/rhyme_grpo.py sample WORK
    python python/experiments/rhyme_grpo.py tune WORK --seed 1
    python python/experiments/rhyme_grpo.py tune WORK --seed 1 --weight 0.3
    …
    python python/experiments/rhyme_grpo.py summary WORK docs/images/rhyme-grpo.json
    python python/experiments/rhyme_grpo.py picture docs/images/rhyme-grpo.json docs/images/rhyme-grpo.svg

DATA holds `human/historical_poems.jsonl.gz`, `human/poems_by_form.jsonl.gz` and `gold/rhyme_stanzas.jsonl.gz` (JSON lines
with a `text`). WORK is where everything is kept that is made of them, and lies outside the repository.

The reference of the diversity reward is the pre-trained policy's own samples for the prompts of the training, and not people's
works: what is asked is whether tuning loses kinds of verse that the policy could write before, and a policy of this size writes
like nobody. It is held against samples to other prompts, which neither reward has seen.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import random
import re
import statistics
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SOURCES = ("human/historical_poems", "human/poems_by_form", "gold/rhyme_stanzas")
LEAST_LINES, MOST_LINES = 4, 10
#: Lines before and after, among which a rhyme is looked for.
NEAR = 3
#: Words of a person's line that a prompt gives.
OPENING = 3
#: Prompts of the training with the base's answers to each, and prompts of the evaluation.
TRAIN, TRAIN_ANSWERS = 256, 8
HELD, HELD_ANSWERS, HELD_SAMPLES = 64, 16, 4
#: GRPO: prompts a step, answers a prompt, learning rate, weight of the KL divergence from the base.
PROMPTS, ANSWERS, RATE, KL = 8, 8, 3e-4, 0.02
#: Texts that the diversity reward remembers: those of the last eight steps. (Its usual 2,000 are made for larger batches; they
#: would hold most of a run as short as these, and the base with it.)
WINDOW = 512
#: Of the policy that is tuned, in both arms.
TEMPERATURE = 0.7
#: Texts that are sampled at once.
BATCH = 64


# Verse of people


def poems(folder: Path) -> Iterator[tuple[str, str]]:
    """The name of each poem, and its text."""
    for source in SOURCES:
        with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                # Spelling before 1600 is another language to a model this small.
                if record.get("period") not in ("1415", "1516"):
                    yield str(record.get("poem", record["id"])), record["text"]


def stanzas(text: str) -> list[list[str]]:
    plain = unicodedata.normalize("NFKC", text).translate(str.maketrans("‘’“”–—", "''\"\"--"))
    blocks = re.split(r"\n\s*\n", plain)
    cut = [[re.sub(r"\s+", " ", line).strip() for line in block.split("\n")] for block in blocks]
    return [lines for block in cut if (lines := [line for line in block if re.search("[A-Za-z]", line)])]


def passages(text: str, rng: random.Random) -> Iterator[str]:
    """Passages of four to ten lines, whole stanzas where they are no longer."""
    held: list[list[str]] = []
    pieces: list[list[str]] = []
    for stanza in stanzas(text):
        while len(stanza) > MOST_LINES:
            size = rng.choice((4, 6, 8, 10))
            pieces.append(stanza[:size])
            stanza = stanza[size:]
        pieces.append(stanza)
    for piece in [*pieces, []]:
        lines = sum(map(len, held))
        if not piece or lines + len(piece) > MOST_LINES or (lines >= LEAST_LINES and rng.random() < 0.5):
            if lines >= LEAST_LINES:
                yield "\n\n".join("\n".join(one) for one in held)
            held = []
        held.append(piece)


def is_plain(passage: str) -> bool:
    lines = [line for line in passage.split("\n") if line]
    return passage.isascii() and all(2 <= len(line.split()) and len(line) <= 75 for line in lines)


def corpus(folder: Path) -> tuple[list[str], list[str]]:
    """Passages to learn from, and those of one poem in ten, from which the prompts are taken."""
    rng = random.Random(1)
    learnt: dict[str, None] = {}
    held: dict[str, None] = {}
    for name, text in poems(folder):
        into = held if random.Random(name).random() < 0.1 else learnt
        into.update(dict.fromkeys(filter(is_plain, passages(text, rng))))
    return [one for one in learnt if one not in held], list(held)


def line_ends(held: list[str]) -> list[str]:
    """The last words of first lines."""
    found = dict.fromkeys(" ".join(one.split("\n")[0].split(" ")[-OPENING:]) for one in held)
    whole = [one for one in found if re.fullmatch(r"[a-z']+( [a-z']+){2}[,;.:!?]?", one)]
    return random.Random(2).sample(whole, TRAIN + HELD)


def request(end: str) -> str:
    """What doggerel is told was asked."""
    return f"A poem whose first line ends: {end}"


# Rewards


@functools.lru_cache(maxsize=1 << 20)
def rhymes(a: str, b: str) -> bool:
    """Whether doggerel hears a rhyme of two words; a word does not rhyme on itself."""
    import doggerel

    return a != b and bool(a and b) and doggerel.rhyme(a, b)["rhymes"]


def rhyme_share(lines: Sequence[str]) -> float:
    """Share of lines whose last word rhymes on that of a line near."""
    ends = [end_word(line) for line in lines]
    near = ((i, range(max(0, i - NEAR), min(len(ends), i + NEAR + 1))) for i in range(len(ends)))
    return sum(any(rhymes(*sorted((ends[i], ends[j]))) for j in around) for i, around in near) / max(1, len(ends))


def end_word(line: str) -> str:
    words = re.findall(r"[a-z']+", line.lower())
    return words[-1].strip("'") if words else ""


def rhyme_rewards(texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """Of each text what rhyme earns, and the share of lines to which doggerel's reading of the whole gives a rhyme. What is no
    verse of four lines has none.

    The reading is the stricter: in a text that hardly rhymes it takes two ends that sound alike for chance. The policy begins
    there, so that the reading alone would tell it nothing.
    """
    import doggerel

    earned, heard = [], []
    for reading in doggerel.scan(texts, prompt=request("")):
        lines = [line["text"] for stanza in reading["stanzas"] for line in stanza["lines"]]
        is_verse = reading["kind"] == "verse" and len(lines) >= LEAST_LINES
        earned.append(rhyme_share(lines) if is_verse else 0.0)
        heard.append(reading["rhyme_density"] if is_verse else 0.0)
    return earned, heard


def advantages(rewards: Sequence[float], answers: int) -> list[float]:
    """(r − mean) / standard deviation, within each prompt's answers, which follow each other."""
    out = []
    for i in range(0, len(rewards), answers):
        group = rewards[i : i + answers]
        mean, spread = statistics.fmean(group), statistics.pstdev(group)
        out += [(one - mean) / (spread + 1e-4) for one in group]
    return out


# Policy


class Spelling:
    """Texts as tokens. A line is written from its end, as poets look for a rhyme first (Van de Cruys 2020)."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(path))
        self.newline = self.tokenizer.encode("\n").ids[0]

    def tokens(self, text: str) -> list[int]:
        out: list[int] = []
        for line in self.tokenizer.encode_batch(text.split("\n")):
            out += [*reversed(line.ids), self.newline]
        return out[:-1]

    def text(self, tokens: Sequence[int]) -> str:
        lines: list[list[int]] = [[]]
        for token in tokens:
            if token == self.newline:
                lines.append([])
            else:
                lines[-1].insert(0, token)
        return "\n".join(self.tokenizer.decode(line).strip() for line in lines)


class Writer:
    """A policy: ends of first lines in, texts out."""

    def __init__(self, work: Path, seed: int) -> None:
        import jax
        from small_policy import Shape, load

        self.shape = Shape(temperature=TEMPERATURE)
        self.spelling = Spelling(work / "tokenizer.json")
        self.params = load(work / "base.npz", self.shape)
        # Threefry's draws take as long as the model.
        self.key = jax.random.key(seed, impl="rbg")

    def write(self, asked: Sequence[str]) -> tuple[list[str], Any, Any]:
        """A text for each, its tokens [n, context], and which of them the policy wrote [n, context − 1]."""
        import jax
        import numpy as np
        from small_policy import BEGIN, PAD, sample

        opened = np.full((len(asked), self.shape.context), PAD, np.int32)
        lengths = np.zeros(len(asked), np.int32)
        for row, end in enumerate(asked):
            given = [BEGIN, *self.spelling.tokens(f" {end}")]
            opened[row, : len(given)] = given
            lengths[row] = len(given)
        parts = []
        for i in range(0, len(asked), BATCH):
            self.key, key = jax.random.split(self.key)
            part = slice(i, i + BATCH)
            parts.append(np.asarray(sample(self.params, self.shape, opened[part], lengths[part], key)))
        tokens = np.concatenate(parts)
        wrote = (np.arange(1, self.shape.context) >= lengths[:, None]) & (tokens[:, 1:] != PAD)
        return [self.text(row) for row in tokens], tokens, wrote

    def text(self, tokens: Any) -> str:
        """Whole lines: of a text that ran into the end of the context, the last is left out."""
        from small_policy import END, PAD

        ids = [int(token) for token in tokens if token != PAD]
        text = self.spelling.text(ids)
        return text if ids[-1] == END else text.rpartition("\n")[0] or text


def pretrain(data: Path, work: Path, steps: int, rows: int) -> None:
    """Learns the tokens, then the policy."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    work.mkdir(parents=True, exist_ok=True)
    learnt, held = corpus(data)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2048,
        special_tokens=["<pad>", "<begin>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(learnt, trainer)
    tokenizer.save(str(work / "tokenizer.json"))
    asked = line_ends(held)
    (work / "prompts.json").write_text(json.dumps({"train": asked[:TRAIN], "held": asked[TRAIN:]}), encoding="utf-8")
    learn_verse(work, Spelling(work / "tokenizer.json"), learnt, held, steps, rows)


def sample_base(work: Path) -> None:
    """The base's answers to every prompt."""
    prompts = json.loads((work / "prompts.json").read_text(encoding="utf-8"))
    writer = Writer(work, seed=0)
    for name, some, answers in [("base", prompts["train"], TRAIN_ANSWERS), ("held", prompts["held"], HELD_ANSWERS)]:
        given = [one for one in some for _ in range(answers)]
        texts = writer.write(given)[0]
        with open(work / f"{name}.jsonl", "w", encoding="utf-8") as file:
            for one, text in zip(given, texts, strict=True):
                file.write(json.dumps({"prompt": request(one), "text": text}) + "\n")
        print(f"{name}: {len(texts)} texts of the base, rhyme {statistics.fmean(rhyme_rewards(texts)[0]):.3f}", flush=True)


def learn_verse(work: Path, spelling: Spelling, learnt: list[str], held: list[str], steps: int, rows: int) -> None:
    import jax
    import jax.numpy as jnp
    import numpy as np
    from small_policy import BEGIN, END, PAD, Shape, adam, adam_step, count, init, log_probs, save

    shape = Shape()

    def encoded(texts: list[str]) -> list[list[int]]:
        """As many whole lines as the context holds."""
        out = []
        for text in texts:
            while len(ids := spelling.tokens(text)) > shape.context - 2:
                text = text.rpartition("\n")[0].strip()
            if text.count("\n") + 1 >= LEAST_LINES:
                out.append([BEGIN, *ids, END])
        return out

    def batch(chosen: list[list[int]]) -> np.ndarray:
        # A multiple of 16, so that few lengths are compiled.
        length = min(shape.context, -(-max(map(len, chosen)) // 16) * 16)
        return np.array([one + [PAD] * (length - len(one)) for one in chosen], np.int32)

    def batches(rng: random.Random) -> Iterator[np.ndarray]:
        """Of like lengths, in random order."""
        while True:
            order = rng.sample(texts, len(texts))
            for i in range(0, len(order), 64 * rows):
                pool = sorted(order[i : i + 64 * rows], key=len)
                groups = [pool[j : j + rows] for j in range(0, len(pool) - rows + 1, rows)]
                yield from map(batch, rng.sample(groups, len(groups)))

    def loss(params: Any, tokens: jax.Array) -> jax.Array:
        said = tokens[:, 1:] != PAD
        return -jnp.sum(log_probs(params, shape, tokens) * said) / jnp.sum(said)

    @jax.jit
    def learn(params: Any, state: Any, tokens: jax.Array, rate: float) -> tuple[Any, Any, jax.Array]:
        value, gradient = jax.value_and_grad(loss)(params, tokens)
        params, state = adam_step(params, state, gradient, rate, decay=0.1)
        return params, state, value

    texts, unseen = encoded(learnt), encoded(held)
    params = init(jax.random.key(1), shape)
    state = adam(params)
    size = sum(map(len, texts))
    print(f"{len(texts)} passages, {size} tokens; {len(unseen)} held out; {count(params)} parameters", flush=True)
    begun, losses = time.monotonic(), []
    for step, tokens in zip(range(1, steps + 1), batches(random.Random(3)), strict=False):
        rate = 3e-3 * min(step / 100, 0.5 + 0.5 * np.cos(np.pi * step / steps) + 0.02)
        params, state, value = learn(params, state, tokens, rate)
        losses.append(float(value))
        if step % 100 == 0 or step == steps:
            print(f"step {step}: {np.mean(losses[-100:]):.3f}, {(time.monotonic() - begun) / step:.2f} s a step", flush=True)
            save(work / "base.npz", params)
    value = jax.jit(loss)
    rest = [float(value(params, batch(unseen[i : i + 64]))) for i in range(0, len(unseen) - 63, 64)]
    print(f"held out: {np.mean(rest):.3f} nats a token", flush=True)


def tune(work: Path, seed: int, weight: float, steps: int, every: int, rate: float, name: str) -> None:
    """GRPO with the reward rhyme + weight · diversity. On-policy: one step a batch, so that no ratio is to be clipped."""
    import doggerel
    import jax
    import jax.numpy as jnp
    import numpy as np
    from doggerel.reward import Diversity
    from small_policy import END, adam, adam_step, log_probs

    writer = Writer(work, seed)
    shape, base, state = writer.shape, writer.params, adam(writer.params)
    prompts = json.loads((work / "prompts.json").read_text(encoding="utf-8"))
    diversity = Diversity(str(work / "base.jsonl"), "poetry", window=WINDOW)
    # Another memory for what a text of the evaluation is like: empty each time.
    judge = Diversity(str(work / "held.jsonl"), "poetry")
    empty = judge.snapshot()
    monitor = doggerel.Monitor(str(work / "held.jsonl"), "poetry", prefix="")
    rng = random.Random(seed)

    @jax.jit
    def likelihood(params: Any, tokens: jax.Array) -> jax.Array:
        return log_probs(params, shape, tokens)

    def loss(params: Any, tokens: jax.Array, wrote: jax.Array, worth: jax.Array, before: jax.Array) -> jax.Array:
        now = log_probs(params, shape, tokens)
        # Unbiased and positive (k3 of Schulman 2020).
        apart = jnp.exp(before - now) - 1 - (before - now)
        return jnp.sum(wrote * (KL * apart - worth[:, None] * now)) / jnp.sum(wrote)

    @jax.jit
    def learn(params: Any, state: Any, *batch: jax.Array) -> tuple[Any, Any]:
        return adam_step(params, state, jax.grad(loss)(params, *batch), rate, decay=0.0)

    def evaluate(step: int) -> dict[str, float]:
        asked = [one for one in prompts["held"] for _ in range(HELD_SAMPLES)]
        texts, tokens, wrote = writer.write(asked)
        chunks = [slice(i, i + BATCH) for i in range(0, len(texts), BATCH)]
        own, before = (np.concatenate([likelihood(p, tokens[c]) for c in chunks]) for p in (writer.params, base))
        numbers = dict(monitor.log(step, list(map(request, asked)), texts))
        judge.restore(empty)
        judged = judge.score(texts, list(map(request, asked)))
        earned, heard = rhyme_rewards(texts)
        ended = np.any(tokens == END, axis=1)
        return numbers | {
            "rhyme": float(np.mean(earned * ended)),
            "ended": float(np.mean(ended)),
            "rhyme_density": statistics.fmean(heard),
            "language": statistics.fmean(one.on_task for one in judged),
            "kl": float(np.sum((own - before) * wrote) / np.sum(wrote)),
            "base_loss": float(-np.sum(before * wrote) / np.sum(wrote)),
            "tokens": float(np.sum(wrote) / len(texts)),
        }

    (work / "runs").mkdir(exist_ok=True)
    with open(work / "runs" / f"{name}.jsonl", "w", encoding="utf-8") as file:

        def told(**record: Any) -> None:
            file.write(json.dumps(record) + "\n")
            file.flush()

        told(name=name, seed=seed, weight=weight, steps=steps, rate=rate, kl=KL, prompts=PROMPTS, answers=ANSWERS)
        order: list[str] = []
        begun = time.monotonic()
        for step in range(steps + 1):
            if step % every == 0 or step == steps:
                numbers = evaluate(step)
                told(step=step, seconds=round(time.monotonic() - begun, 1), evaluation=numbers)
                shown = {k: round(numbers[k], 3) for k in ("rhyme", "E_form", "reach_form", "kl", "language") if k in numbers}
                print(f"{name}, step {step}, {time.monotonic() - begun:.0f} s: {shown}", flush=True)
            if step == steps:
                break
            if len(order) < PROMPTS:
                order = rng.sample(prompts["train"], TRAIN)
            asked = [one for one in order[:PROMPTS] for _ in range(ANSWERS)]
            order = order[PROMPTS:]
            texts, tokens, wrote = writer.write(asked)
            # A text that does not come to its end is no answer.
            ended = np.any(tokens == END, axis=1)
            rhyme = [float(r) if e else 0.0 for r, e in zip(rhyme_rewards(texts)[0], ended, strict=True)]
            varied = [one.reward for one in diversity.score(texts, list(map(request, asked)))] if weight else [0.0] * len(texts)
            rewards = [r + weight * v for r, v in zip(rhyme, varied, strict=True)]
            length = min(shape.context, -(-int(np.max(np.sum(tokens != 0, axis=1))) // 16) * 16)
            tokens, wrote = tokens[:, :length], wrote[:, : length - 1]
            worth = np.array(advantages(rewards, ANSWERS), np.float32)
            writer.params, state = learn(writer.params, state, tokens, wrote, worth, likelihood(base, tokens))
            told(step=step + 1, rhyme=statistics.fmean(rhyme), diversity=statistics.fmean(varied))
    from small_policy import save

    save(work / "runs" / f"{name}.npz", writer.params)


# Figures


#: What is told of each evaluation, and what it is called.
FIGURES = {
    "rhyme": "rhyme reward",
    "rhyme_density": "lines that rhyme, by the reading",
    "E_form": "E, form",
    "reach_form": "reach, form",
    "E_content": "E, content",
    "reach_content": "reach, content",
    "on_task": "verse",
    "ended": "come to their end",
    "language": "on task and in words' order",
    "repeats_near": "near repeats",
    "lines": "lines a text",
    "kl": "KL from the base, nats a token",
    "base_loss": "−ln p of the base, nats a token",
}
#: A rhyme reward at which runs are held beside each other.
SAME_RHYME = 0.25
INTERVALS = ("E_form", "reach_form")
ARMS = {"rhyme": "rhyme reward alone", "diverse": "with the diversity reward"}


def read_run(path: Path) -> dict[str, Any]:
    """Settings of a run, and its evaluations as columns."""
    head, *rest = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    seen = [(one["step"], one["evaluation"]) for one in rest if "evaluation" in one]
    keys = [*FIGURES, *(f"{key}_{end}" for key in INTERVALS for end in ("low", "high"))]

    def figure(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return {
        "seed": head["seed"],
        "weight": head["weight"],
        "step": [step for step, _ in seen],
        **{key: [figure(numbers.get(key)) for _, numbers in seen] for key in keys},
    }


def summary(work: Path) -> dict[str, Any]:
    """Of runs named `rhyme-SEED` and `diverse-SEED`: their curves, and mean and spread over seeds at the end."""
    arms = {}
    for arm in ARMS:
        runs = [read_run(path) for path in sorted((work / "runs").glob(f"{arm}-*.jsonl"))]
        last = {key: [run[key][-1] for run in runs if run[key][-1] is not None] for key in FIGURES}
        end = {
            key: {"mean": round(statistics.fmean(v), 4), "sd": round(statistics.stdev(v), 4), "n": len(v)}
            for key, v in last.items()
            if len(v) > 1
        }
        arms[arm] = {"end": end, "at_rhyme": [at_rhyme(run) for run in runs], "runs": runs}
    return {"texts": HELD * HELD_SAMPLES, "rhyme": SAME_RHYME, "arms": arms}


def at_rhyme(run: Mapping[str, Any]) -> dict[str, float] | None:
    """Where a run first earns SAME_RHYME, between its evaluations in a straight line: what the same rhyme costs."""
    rhyme = run["rhyme"]
    after = next((i for i in range(1, len(rhyme)) if rhyme[i] >= SAME_RHYME), None)
    if after is None:
        return None
    part = (SAME_RHYME - rhyme[after - 1]) / (rhyme[after] - rhyme[after - 1])
    keys = ("step", "E_form", "reach_form", "E_content", "reach_content", "language")
    return {"seed": run["seed"]} | {k: round(run[k][after - 1] + part * (run[k][after] - run[k][after - 1]), 4) for k in keys}


def table(found: Mapping[str, Any]) -> str:
    rows = [f"| after the last step | {' | '.join(ARMS.values())} |", "|---|---|---|"]
    for key, label in FIGURES.items():
        ends = [found["arms"][arm]["end"].get(key) for arm in ARMS]
        rows.append(f"| {label} | " + " | ".join(f"{e['mean']:.2f} ± {e['sd']:.2f}" if e else "" for e in ends) + " |")
    rows += ["", f"| at a rhyme reward of {found['rhyme']} | {' | '.join(ARMS.values())} |", "|---|---|---|"]
    for key in ("step", "E_form", "reach_form", "E_content", "reach_content", "language"):
        told = [" ".join(f"{one[key]:.2f}" for one in found["arms"][arm]["at_rhyme"] if one) for arm in ARMS]
        rows.append(f"| {FIGURES.get(key, key)} | {' | '.join(told)} |")
    return "\n".join(rows)


def picture(found: Mapping[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "doggerel", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    figure, axes = plt.subplots(2, 3, figsize=(11, 6.4), layout="constrained")
    colours = {"rhyme": "#c2410c", "diverse": "#1d4ed8"}
    panels = [
        ("step", "rhyme", "Rhyme reward"),
        ("step", "E_form", "E: kinds of form in use, base = 1"),
        ("step", "reach_form", "Reach of form, base = 1"),
        ("rhyme", "E_form", "Rhyme against E of form"),
        ("step", "E_content", "E of content, base = 1"),
        ("rhyme", "reach_form", "Rhyme against reach of form"),
    ]
    for axis, (across, up, title) in zip(axes.flat, panels, strict=True):
        for arm, name in ARMS.items():
            runs = found["arms"][arm]["runs"]
            for run in runs:
                drawn = [(x, y) for x, y in zip(run[across], run[up], strict=True) if x is not None and y is not None]
                axis.plot(*zip(*drawn, strict=True), color=colours[arm], linewidth=0.9, alpha=0.5)
                if across != "step":
                    axis.plot(*drawn[-1], color=colours[arm], marker="s", markersize=5, alpha=0.8)
            columns = [[mean(values) for values in zip(*(run[key] for run in runs), strict=True)] for key in (across, up)]
            axis.plot(*columns, color=colours[arm], linewidth=2.4, marker="o", markersize=3.5, label=name)
        axis.set_xlabel("step" if across == "step" else "rhyme reward")
        axis.set_title(title, loc="left", fontweight="bold", fontsize=10)
        axis.set_ylim(0, 1 if up == "rhyme" else 1.2)
        if up != "rhyme":
            axis.axhline(1, color="#888", linewidth=0.8, linestyle=":")
        if across == "rhyme":
            axis.set_xlim(0.1, 0.9)
            axis.set_xlabel("rhyme reward (squares: last step)")
        axis.grid(color="#e5e5e5", linewidth=0.6)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].legend(frameon=False, loc="upper left")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)


def mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("pretrain", help="learn people's verse")
    one.add_argument("data", type=Path)
    one.add_argument("work", type=Path)
    one.add_argument("--steps", type=int, default=1000)
    one.add_argument("--rows", type=int, default=32, help="passages a step")
    one = commands.add_parser("sample", help="the base's samples, which the tuned policies are held against")
    one.add_argument("work", type=Path)
    one = commands.add_parser("tune", help="one run of GRPO")
    one.add_argument("work", type=Path)
    one.add_argument("--seed", type=int, required=True)
    one.add_argument("--weight", type=float, default=0.0, help="of the diversity reward beside the rhyme reward's 1")
    one.add_argument("--steps", type=int, default=40)
    one.add_argument("--every", type=int, default=10, help="steps between evaluations")
    one.add_argument("--rate", type=float, default=RATE, help="learning rate")
    one.add_argument("--name", help="of the run's files; by default its arm and seed")
    one = commands.add_parser("summary", help="the figures of all runs, and a table")
    one.add_argument("work", type=Path)
    one.add_argument("out", type=Path)
    one = commands.add_parser("picture", help="draw a summary")
    one.add_argument("summary", type=Path)
    one.add_argument("out", type=Path)
    given = parser.parse_args()

    if given.command == "pretrain":
        pretrain(given.data, given.work, given.steps, given.rows)
    elif given.command == "sample":
        sample_base(given.work)
    elif given.command == "tune":
        name = given.name or f"{'diverse' if given.weight else 'rhyme'}-{given.seed}"
        tune(given.work, given.seed, given.weight, given.steps, given.every, given.rate, name)
    elif given.command == "summary":
        found = summary(given.work)
        given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(table(found))
    else:
        picture(json.loads(given.summary.read_text(encoding="utf-8")), given.out)


if __name__ == "__main__":
    main()
