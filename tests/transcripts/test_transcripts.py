"""Every conversation in this folder goes as it is written, through the real turn."""

from pathlib import Path

import pytest

from bot.playback import player
from bot.transcripts import TranscriptError, play, read_transcript
from content.library import Content
from nlu.listener import Listener
from tests.safety_page import rule_numbers

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yml"))
RULES = rule_numbers()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_conversation_goes_as_written(file: Path, content: Content, listener: Listener) -> None:
    transcript = read_transcript(file, rules=RULES)
    async with player(content=content, listener=listener, emergency_policy=transcript.emergency_policy) as person:
        played = await play(person, transcript)
    assert [(number, step.problems) for number, step in enumerate(played, 1) if step.problems] == []


def test_there_are_at_least_forty_conversations() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("title: x\nsteps:\n  - says: [a\n", r"broken\.yml:\d+: KC002"),
        ("title: x\nsteps:\n  - says: a\n  - shouts: b\n", r"broken\.yml:4: steps\.1\.shouts"),
        ("title: x\nsteps: []\n", r"broken\.yml:1: names no rule.*rules:"),
        ('title: x\nrules:\n  - "2.4"\n  - "2.99"\nsteps: []\n', r"broken\.yml:4: there is no rule '2\.99'.*\.md"),
    ],
)
def test_a_broken_transcript_names_its_file_and_line(tmp_path: Path, text: str, error: str) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(TranscriptError, match=error):
        read_transcript(broken, rules=RULES)


def test_a_number_without_quotes_keeps_its_nought(tmp_path: Path) -> None:
    file = tmp_path / "plain.yml"
    file.write_text("title: x\nrules: [3.10]\nsteps: []\n", encoding="utf-8")
    assert read_transcript(file, rules=RULES).rules == ["3.10"]
