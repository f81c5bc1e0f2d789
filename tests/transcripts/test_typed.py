"""The same conversations where choices are numbers to be typed: all of them, or only what fits no button."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.playback import Player, Shown, player
from bot.transcripts import play, read_transcript
from content.library import Content
from nlu.listener import Listener
from tests.transcripts.test_transcripts import FILES


@dataclass(slots=True, kw_only=True)
class Typist(Player):
    """A person who types the number of a choice where one stands by it, and else its words as a press."""

    typed: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    async def press(self, choice: str) -> list[Shown]:
        number = self.numbers.get(choice)
        if number is None:
            return await Player.press(self, choice)
        self.typed.append(choice)
        return await self.say(str(number))

    async def shown(self) -> list[Shown]:
        # Written for the page: what another messenger cannot do is told beside it (tests/bot/test_limits.py).
        said = [message for message in await Player.shown(self) if not message.message_id.startswith("limit.")]
        if said:
            self.numbers = {choice: number for message in said for choice, number in message.numbers.items()}
        return said


BY_BUTTON_ONLY = {
    "own_data_in_plain_words": "the own data come as a file on the page only",
    "counsellor_joins_and_the_bot_is_silent": "a counsellor's words bear no list to type from",
    "disclosure_in_the_middle_of_a_quiz": 'a typed "2" is what stands by it: the second answer to "are you safe?"',
    "disclosure_inside_the_daily_challenge": 'a typed "2" is what stands by it: the second answer to "are you safe?"',
}
TOO_LATE = {"follow_up_for_a_mother": "an Official Account may not write on the seventh day: another is offered"}
TYPED = [file for file in FILES if file.stem not in BY_BUTTON_ONLY]
# On an Official Account most lists fit on buttons: the same as with buttons.
SOME = [file for file in TYPED[::6] if file.stem not in TOO_LATE]


def test_what_is_left_out_is_still_a_conversation() -> None:
    assert {*BY_BUTTON_ONLY, *TOO_LATE} <= {file.stem for file in FILES}


@pytest.mark.parametrize(
    ("channel", "file"),
    [*(("zalo_bot", file) for file in TYPED), *(("zalo_oa", file) for file in SOME)],
    ids=lambda value: getattr(value, "stem", value),
)
async def test_the_conversation_goes_as_written(channel: str, file: Path, content: Content, listener: Listener) -> None:
    transcript = read_transcript(file)
    async with player(content=content, listener=listener, emergency_policy=transcript.emergency_policy) as person:
        typist = Typist(worker=person.worker, clock=person.clock, channel=channel)
        played = await play(typist, transcript)
    assert [(number, step.problems) for number, step in enumerate(played, 1) if step.problems] == []
