"""Every conversation in this folder goes as it is written, through the real turn."""

from pathlib import Path

import pytest

from bot.playback import player
from bot.transcripts import TranscriptError, play, read_transcript
from content.library import Content
from nlu.listener import Listener

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_conversation_goes_as_written(file: Path, content: Content, listener: Listener) -> None:
    transcript = read_transcript(file)
    async with player(content=content, listener=listener, emergency_policy=transcript.emergency_policy) as person:
        played = await play(person, transcript)
    assert [(number, step.problems) for number, step in enumerate(played, 1) if step.problems] == []


def test_there_are_at_least_forty_conversations() -> None:
    assert len(FILES) >= 40


def test_a_broken_transcript_names_its_file_and_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("title: x\nsteps:\n  - says: [a\n", encoding="utf-8")
    with pytest.raises(TranscriptError, match=r"broken\.yml:\d+"):
        read_transcript(broken)
