"""The code of the book's pages about Python, run as it stands there."""

from __future__ import annotations

import contextlib
import io
import re

import pytest
from conftest import ROOT

PAGES = ["docs/census.md", "docs/python.md", "docs/training-loop.md", "python/README.md"]


def blocks(page):
    """The Python blocks of a page, with the output block that follows each, if one does. Those that need another package
    than the tests have are marked ```python skip."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```(?:\n+```text\n(.*?)```)?", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_code_of_a_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples.jsonl").write_bytes((ROOT / "examples/chat-poems.jsonl").read_bytes())
    (tmp_path / "base.jsonl").write_bytes((ROOT / "examples/varied-poems.jsonl").read_bytes())
    found = blocks(page)
    assert found
    names: dict = {"__name__": "page"}
    for code, expected in found:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, page, "exec"), names)
        if expected:
            assert said.getvalue().strip() == expected.strip(), code
