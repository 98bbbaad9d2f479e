"""Poems and words."""

from __future__ import annotations

import os
import subprocess

import pytest

import doggerel

POEM = """The gate was shut, the lane was white,
The farmer would not let us through;
We slept beneath the hedge that night
And woke up colder than we knew."""


def test_a_poem_is_heard():
    reading = doggerel.scan(POEM)
    assert (reading.kind, reading.scheme, reading.metre.name) == ("verse", "abab", "iambic tetrameter")
    line = reading.stanzas[0].lines[0]
    assert (line.rhymes_with, line.real[-1], line.syllables) == ([2], "s", 8)
    assert reading.schema == "doggerel.reading/1" and reading.features.form.rhyme_density == 1.0


def test_several_poems():
    first, second = doggerel.scan([POEM, POEM.replace("\n", "\r\n")])
    assert {**first.to_dict(), "id": ""} == {**second.to_dict(), "id": ""}


def test_words_rhyme():
    assert doggerel.rhyme("light", "night").rhymes
    pair = doggerel.rhyme("love", "prove")
    assert not pair.rhymes and doggerel.rhyme("love", "prove", historical=True).rhymes
    assert pair.why and pair["class"] == "eye"
    assert ("night", "perfect", 1) in doggerel.rhymes("light")
    with pytest.raises(ValueError, match="letters or digits"):
        doggerel.rhyme("…", "night")


def test_words_are_said():
    assert doggerel.say("heav'n")[0] == {
        "arpabet": "HH EH1 V N",
        "ipa": "hɛvn",
        "via": "morphology",
        "how": "heaven without its e",
    }


def test_the_command_says_the_same():
    command = os.environ.get("DOGGEREL")
    if not command:
        pytest.skip("DOGGEREL names no command to hold against")
    for a, b in (("light", "night"), ("love", "prove"), ("over the hill", "still")):
        told = subprocess.run([command, "rhyme", a, b, "--json"], capture_output=True, check=True, text=True).stdout
        assert doggerel.rhyme(a, b).to_json() == told.rstrip("\n")
