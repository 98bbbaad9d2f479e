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


def corpus_rows() -> list[dict]:
    """A small corpus: pages with a poem among what pages have around it, menus, and one page without a text."""
    poems = records(CHAT) + records(VARIED)
    menu = "Home\nArchive\nAbout us\nLog in\nSubscribe\nContact"
    rows = []
    for i, poem in enumerate(poems):
        text = f"{menu}\n\nPosted on day {i}\n\n{poem['text']}\n\nReply\nShare this\n3 comments" if i % 3 else f"{menu}\nPage {i}"
        rows.append({"url": f"http://example.org/{i}", "text": text})
    rows[20]["text"] = " "
    return rows
