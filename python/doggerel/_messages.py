"""What trainers pass as prompts and completions, as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, Iterable):
        parts = (part.get("text", "") if isinstance(part, Mapping) else str(part) for part in content)
        return "".join(part for part in parts if part)
    return ""


def completion_text(completion: Any) -> str:
    """A completion's text: a string, or of a conversation what the assistant says in it."""
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Mapping):
        completion = [completion]
    said = [_content(m.get("content")) for m in completion or () if m.get("role", "assistant") == "assistant"]
    return "\n\n".join(text for text in said if text)


def prompt_text(prompt: Any) -> str | None:
    """What was asked: a string, or of a conversation what the user says last."""
    if prompt is None or isinstance(prompt, str):
        return prompt
    if isinstance(prompt, Mapping):
        prompt = [prompt]
    asked = [_content(m.get("content")) for m in prompt if m.get("role", "user") == "user"]
    return asked[-1] if asked else None
