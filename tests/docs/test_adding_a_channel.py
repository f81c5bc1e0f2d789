"""The guide to a new channel tells how the channels that are there are made."""

import re
from pathlib import Path

import pytest

from bot.main import JOINERS
from content.channels import CHANNELS, WEB

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "adding-a-channel.md").read_text(encoding="utf-8")
NAMES = [channel.name for channel in CHANNELS if channel is not WEB]


def _files(always: str) -> list[str]:
    return re.findall(rf"^\| `(\w+\.py)` \|.*\| {always} \|$", GUIDE, re.MULTILINE)


def _tests(name: str) -> list[str]:
    return [path.replace("<name>", name) for path in re.findall(r"^\| `(tests/\S+?)` \|", GUIDE, re.MULTILINE)]


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_the_files_that_the_guide_names(name: str) -> None:
    folder = ROOT / "bot" / "channels" / name
    assert len(_files("yes")) > 5
    assert [file for file in _files("yes") if not (folder / file).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_the_tests_that_the_guide_names(name: str) -> None:
    assert len(_tests(name)) > 5
    assert [path for path in _tests(name) if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_channel_has_a_page_a_place_and_a_door(name: str) -> None:
    pages = {f"{name}.md", f"{name.replace('_', '-')}.md"}
    assert any((ROOT / "docs" / page).is_file() for page in pages)
    assert f"bot/channels/{name}/" in (ROOT / "docs" / "where-things-go.md").read_text(encoding="utf-8")
    assert f'name="{name}"' in (ROOT / "tests" / "channels" / "doors.py").read_text(encoding="utf-8")
    assert f"bot.channels.{name}.join" in {join.__module__ for join in JOINERS}


def test_what_may_be_missing_is_there_at_least_once() -> None:
    rest = _files("where it can") + _files("where needed")
    assert rest
    assert [file for file in rest if not list((ROOT / "bot" / "channels").glob(f"*/{file}"))] == []


def test_every_other_file_that_the_guide_names_is_there() -> None:
    named = {path for path in re.findall(r"`((?:bot|content|escalation|tests)/[\w/.]+)`", GUIDE) if "." in path}
    assert len(named) > 6
    assert [path for path in named if not (ROOT / path).exists()] == []
