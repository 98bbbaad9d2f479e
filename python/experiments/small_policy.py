"""A decoder transformer small enough to be trained on two cores, in plain JAX: its loss, its sampler, its optimizer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Params = dict[str, Any]


class Shape(NamedTuple):
    """Sizes of a policy; tokens 0, 1 and 2 are padding, begin and end."""

    vocabulary: int = 2048
    context: int = 112
    width: int = 192
    layers: int = 4
    heads: int = 6
    #: Of the policy itself: what is sampled is what is trained.
    temperature: float = 1.0


PAD, BEGIN, END = 0, 1, 2


def init(key: jax.Array, shape: Shape) -> Params:
    keys = iter(jax.random.split(key, 2 + 4 * shape.layers))

    def normal(*size: int, scale: float = 0.02) -> jax.Array:
        return scale * jax.random.normal(next(keys), size)

    # What is added to the stream shrinks with depth (GPT-2).
    w, into = shape.width, 0.02 / (2 * shape.layers) ** 0.5
    return {
        "tokens": normal(shape.vocabulary, w),
        "places": normal(shape.context, w),
        "last": jnp.ones(w),
        "layers": [
            {
                "before": jnp.ones(w),
                "qkv": normal(w, 3 * w),
                "out": normal(w, w, scale=into),
                "between": jnp.ones(w),
                "up": normal(w, 4 * w),
                "down": normal(4 * w, w, scale=into),
            }
            for _ in range(shape.layers)
        ],
    }


def count(params: Params) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(params))


def _norm(x: jax.Array, gain: jax.Array) -> jax.Array:
    return gain * x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6)


def _mlp(layer: Params, x: jax.Array) -> jax.Array:
    return jax.nn.relu(_norm(x, layer["between"]) @ layer["up"]) @ layer["down"]


def _qkv(layer: Params, shape: Shape, x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """[…, width] to three of […, heads, width / heads]."""
    q, k, v = jnp.split(_norm(x, layer["before"]) @ layer["qkv"], 3, axis=-1)
    heads = (*x.shape[:-1], shape.heads, shape.width // shape.heads)
    return q.reshape(heads), k.reshape(heads), v.reshape(heads)


def logits(params: Params, shape: Shape, tokens: jax.Array) -> jax.Array:
    """[texts, T] tokens to [texts, T, vocabulary]."""
    texts, length = tokens.shape
    x = params["tokens"][tokens] + params["places"][:length]
    past = jnp.tril(jnp.ones((length, length), bool))
    for layer in params["layers"]:
        q, k, v = _qkv(layer, shape, x)
        q, k, v = (one.swapaxes(1, 2) for one in (q, k, v))
        weights = jax.nn.softmax(jnp.where(past, q @ k.swapaxes(2, 3) / q.shape[-1] ** 0.5, -1e9))
        x += (weights @ v).swapaxes(1, 2).reshape(texts, length, shape.width) @ layer["out"]
        x += _mlp(layer, x)
    return _norm(x, params["last"]) @ params["tokens"].T / shape.temperature


def log_probs(params: Params, shape: Shape, tokens: jax.Array) -> jax.Array:
    """[texts, T − 1]: ln of the probability of each token but the first."""
    given = logits(params, shape, tokens[:, :-1])
    # The gradient of a product is faster than that of an index.
    said = jnp.sum(given * jax.nn.one_hot(tokens[:, 1:], shape.vocabulary), axis=-1)
    return said - jax.nn.logsumexp(given, axis=-1)


@partial(jax.jit, static_argnames="shape")
def sample(params: Params, shape: Shape, opened: jax.Array, lengths: jax.Array, key: jax.Array) -> jax.Array:
    """Goes on from `opened` [texts, context], of which `lengths` [texts] tokens are given, to the end of
    each text or of the context."""
    texts, context = opened.shape
    size = shape.width // shape.heads
    empty = jnp.zeros((texts, shape.heads, context, size))
    cache = [(empty, empty) for _ in range(shape.layers)]

    def step(state: tuple) -> tuple:
        at, tokens, cache, key, ended = state
        x = params["tokens"][tokens[:, at]] + params["places"][at]
        past = jnp.arange(context) <= at
        seen = []
        for layer, (keys, values) in zip(params["layers"], cache, strict=True):
            q, k, v = _qkv(layer, shape, x)
            keys, values = keys.at[:, :, at].set(k), values.at[:, :, at].set(v)
            seen.append((keys, values))
            scores = jnp.sum(keys * q[:, :, None], axis=-1) / size**0.5
            weights = jax.nn.softmax(jnp.where(past, scores, -1e9))
            x += jnp.sum(values * weights[..., None], axis=2).reshape(texts, shape.width) @ layer["out"]
            x += _mlp(layer, x)
        key, draw = jax.random.split(key)
        scores = _norm(x, params["last"]) @ params["tokens"].T / shape.temperature
        drawn = jax.random.categorical(draw, scores.at[:, :END].set(-1e9))
        given = at + 1 < lengths
        after = jnp.where(given, tokens[:, at + 1], jnp.where(ended, PAD, drawn))
        return at + 1, tokens.at[:, at + 1].set(after), seen, key, ended | (~given & (after == END))

    def going(state: tuple) -> jax.Array:
        return (state[0] < context - 1) & ~jnp.all(state[4])

    ended = jnp.zeros(texts, bool)
    return jax.lax.while_loop(going, step, (0, opened, cache, key, ended))[1]


class Adam(NamedTuple):
    """State of AdamW (Loshchilov & Hutter 2019)."""

    steps: jax.Array
    mean: Params
    square: Params


def adam(params: Params) -> Adam:
    zeros = jax.tree.map(jnp.zeros_like, params)
    return Adam(jnp.zeros((), jnp.int32), zeros, zeros)


def adam_step(
    params: Params, state: Adam, gradient: Params, rate: jax.Array | float, decay: float, betas: tuple[float, float] = (0.9, 0.95)
) -> tuple[Params, Adam]:
    """One step, of a gradient cut to norm 1; matrices alone decay."""
    norm = jnp.sqrt(sum(jnp.sum(leaf * leaf) for leaf in jax.tree.leaves(gradient)))
    gradient = jax.tree.map(lambda g: g / jnp.maximum(1.0, norm), gradient)
    a, b = betas
    steps = state.steps + 1
    mean = jax.tree.map(lambda m, g: a * m + (1 - a) * g, state.mean, gradient)
    square = jax.tree.map(lambda s, g: b * s + (1 - b) * g * g, state.square, gradient)

    def moved(p: jax.Array, m: jax.Array, s: jax.Array) -> jax.Array:
        wanted = m / (1 - a**steps) / (jnp.sqrt(s / (1 - b**steps)) + 1e-8)
        return p - rate * (wanted + (decay * p if p.ndim > 1 else 0.0))

    return jax.tree.map(moved, params, mean, square), Adam(steps, mean, square)


def save(path: Path, params: Params) -> None:
    np.savez(path, *jax.tree.leaves(params))


def load(path: Path, shape: Shape) -> Params:
    empty = jax.eval_shape(partial(init, shape=shape), jax.random.key(0))
    with np.load(path) as kept:
        return jax.tree.unflatten(jax.tree.structure(empty), [jnp.asarray(kept[name]) for name in kept.files])
