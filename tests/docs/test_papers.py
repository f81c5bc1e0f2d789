"""The papers for an auditor claim only what is there: tests, transcripts, commands, files."""

import re
from pathlib import Path

import pytest
import typer

from bot import cli
from bot.settings import Settings
from tests.docs.test_docs import FILE, LINK, ROOT, commands, read, rows

PAPERS = ("docs/threat-model.md", "docs/dpia.md", "docs/breach.md")
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
TRANSCRIPT = re.compile(r"`([a-z]+(?:_[a-z0-9]+){2,})`")
BLANK = "[ĐIỀN"


@pytest.mark.parametrize("paper", PAPERS)
def test_every_test_that_a_paper_names_is_there(paper: str) -> None:
    missing = []
    for file, name in NAMED_TEST.findall(read(paper)):
        path = ROOT / file
        if not path.is_file() or (
            name and re.search(rf"^(?:async )?def {name}\(", path.read_text("utf-8"), re.MULTILINE) is None
        ):
            missing.append(f"{file}::{name}")
    assert missing == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_conversation_that_a_paper_names_is_there(paper: str) -> None:
    known = {path.stem for path in (ROOT / "tests" / "transcripts").glob("*.yml")}
    settings = set(Settings.model_fields)
    assert set(TRANSCRIPT.findall(read(paper))) - known - settings == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_command_and_file_that_a_paper_names_is_there(paper: str) -> None:
    text = read(paper)
    known = set(commands(typer.main.get_command(cli.app), "khien"))
    named = {command.partition(" --")[0] for command in re.findall(r"`(khien [a-z][a-z -]*)`", text)}
    assert named - known == set()
    files = [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    links = [link for link in LINK.findall(text) if not (Path(ROOT / paper).parent / link).exists()]
    assert files + links == []


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    threats = [
        cells for cells in rows("docs/threat-model.md") if len(cells) >= 4 and cells[0].strip("| ") != "mối đe dọa"
    ]
    threats = [cells for cells in threats if "---" not in cells[0]]
    assert len(threats) > 25
    bare = [
        cells[0] for cells in threats if not cells[2].strip() or not (NAMED_TEST.search(cells[3]) or "`" in cells[3])
    ]
    assert bare == []


@pytest.mark.parametrize("paper", ["docs/dpia.md", "docs/breach.md"])
def test_what_the_operator_writes_is_marked(paper: str) -> None:
    text = read(paper)
    assert text.count(BLANK) >= 15
    assert len(re.findall(r"\[ĐIỀN[^\]\n]*\]", text)) == text.count(BLANK)


def test_the_72_hours_are_told_from_the_first_hour_to_the_notice() -> None:
    text = read("docs/breach.md")
    assert [text.index(head) for head in ("## Giờ đầu tiên", "## Trong 24 giờ", "## Trong 72 giờ")] == sorted(
        text.index(head) for head in ("## Giờ đầu tiên", "## Trong 24 giờ", "## Trong 72 giờ")
    )
