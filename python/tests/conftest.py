"""Texts for the tests, all written for this repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAT = ROOT / "examples" / "chat-poems.jsonl"
VARIED = ROOT / "examples" / "varied-poems.jsonl"


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def chat() -> list[dict]:
    return records(CHAT)


@pytest.fixture(scope="session")
def varied() -> list[dict]:
    return records(VARIED)
