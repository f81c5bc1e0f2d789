"""A burst in which one message is poison, and a burst that asks and agrees in one breath."""

from unittest.mock import patch

from bot.apply import Applying
from bot.batch import Step
from bot.playback import Player
from bot.state import State
from store import inbox

TELLING = "bố con đánh con đau lắm, tối nào bố say cũng đánh"
POISON = "tin này làm máy hỏng"


async def test_a_poisonous_message_takes_no_other_of_its_burst_with_it(person: Player) -> None:
    await person.say("chào bạn")
    real = Applying.messages

    async def breaking(self: Applying, step: Step, before: State, after: State, reading: object) -> None:
        if any(POISON in part.text for part in step.parts):
            raise RuntimeError
        await real(self, step, before, after, reading)  # type: ignore[arg-type]

    with patch.object(Applying, "messages", breaking):
        shown = await person.say(TELLING, POISON)
        for _ in range(inbox.MAX_ATTEMPTS * 2):
            shown += await person.wait(3)
    said = [message.message_id for message in shown]
    assert said == ["disclosure.self", "error.sorry"]
    assert all("111" in message.text for message in shown)


async def test_who_asks_and_agrees_in_one_breath_is_told_the_truth_about_the_desk(person: Player) -> None:
    await person.counsellor()
    await person.say(TELLING)
    shown = await person.receive(person.message(choice="talk.now"), person.message(choice="consent.conversation.yes"))
    assert [message.message_id for message in shown] == [
        "consent.explain", "consent.conversation", "handover.done", "waiting.next", "consent.nickname",
    ]  # fmt: skip
