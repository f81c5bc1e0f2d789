"""Every promise in the messages stands in promises.yml, and is true in the committed rows when it is said.

Words leave in the transaction that makes them true: before its commit nobody can see either, and a turn that dies
leaves neither.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from bot import worker as worker_module
from bot.channels.port import OutgoingMessage
from bot.moment import Moment, Turn
from bot.playback import Player, Shown
from bot.sender import Sender
from bot.transcripts import Transcript, play, read_transcript
from bot.turn import turn
from content.library import Content
from content.schema import Message
from content.tree import read_tree
from escalation.tables import cases, consent
from store import conversations
from store.tables import outbox
from tests.bot.promise_checks import CHECKS, facts_of, last_said, stands_in

CONTENT = Path(__file__).parents[2] / "content"
TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
TELLING = "bố con đánh con đau lắm, tối nào bố say cũng đánh"
POISON = "tin này làm máy hỏng"

# Words that promise, or tell what is true of what was written here.
PROMISING = re.compile(
    r"\bsẽ\b|\bđã (?:được )?(?:chuyển|xóa|rút|báo|bật|thêm|tắt|vào|nhận|kết thúc|dừng|khép)\b"
    r"|\b(?:không|chưa) (?:ai|người nào|có ai|có cô chú nào|có tư vấn viên nào)\b"
    r"|\b(?:không|chưa) (?:báo|gửi|mở|lưu|giữ|ghi|nhận|tính|hiện|mất|xem được)\b"
    r"|được giữ|giữ nguyên như cũ|giữ nhiều nhất|hàng chờ|người tiếp theo|trước (?:bạn|anh/chị) còn"
    r"|(?:mình|tôi) hỏi lại|một năm|xóa ngay|\bchỉ (?:dùng|hiện|gửi|giữ|còn|khi|phần)\b"
    r"|luôn có|được mã hóa|vừa rời|người thật"
    r"|vẫn (?:có thể )?rút lại|cũng được rút lại"
)
# What the pattern finds that promises nothing of the person's own matter.
NO_PROMISE = (
    "không mất tiền",
    "không phải người thật",
    "bạn sẽ kể với ai",  # a question about the child
    "mình chưa nhận",  # says what cannot be done here
    "chưa nhận báo cáo",
    "chưa có ai đọc góp ý",
    "hiện chưa có ai",
    "không mở lại",  # a condition
    "tệp sẽ nằm",  # a warning about the device
    "được giữ lâu hơn",  # a term without a number: docs/privacy.md and `khien report retention` have it
)
# Said in no turn: parts of the page /privacy (held to the terms by test_privacy_page.py and test_clocks.py), and what
# is said where there is no database (tests/telegram/test_away.py).
IN_NO_TURN = {"notice.who", "notice.who_vital", "notice.kept", "notice.rights", "error.away"}
# In English only the ids are compared: the sentences follow the Vietnamese ones.
PROMISING_IN_ENGLISH = re.compile(
    r"\bwill\b|\bnobody\b|\bno (?:one|person)\b|\b(?:deleted|erased|encrypted)\b|\bis kept\b|\bare kept\b"
    r"|\bin the queue\b|\bI(?:'ve| have) (?:told|passed|added|taken|sent)\b|\bdon't (?:tell|open|keep|store)\b"
)
NO_PROMISE_IN_ENGLISH = {
    "whom.nobody", "voice.thanks", "whom.ask", "plan.erased", "export.plan", "export.messages", "export.learned",
}  # fmt: skip


class Promise(BaseModel):
    """One entry of promises.yml."""

    model_config = ConfigDict(extra="forbid")

    message: str
    words: list[str]
    backed_by: str
    at_the_end: str | None = None
    shown_by: str | None = None
    why: str | None = None


def _promises() -> list[Promise]:
    text = (Path(__file__).parent / "promises.yml").read_text("utf-8")
    return [Promise.model_validate(entry) for entry in yaml.safe_load(text)]


PROMISES = _promises()
SCRIPTS = sorted({promise.shown_by for promise in PROMISES if promise.shown_by is not None})


# --- the list ---


def messages(lang: str) -> Iterator[tuple[str, str]]:
    """Yield id and words of every reading of every message."""
    record: Message
    for record in read_tree(CONTENT).messages:
        if record.lang == lang and record.id not in IN_NO_TURN:
            for text in record.variants.texts.values():
                yield record.id, " ".join(text.casefold().split())


def uncovered(message_id: str, text: str) -> list[str]:
    """Return what sounds like a promise in one reading and is in no list."""
    listed = [words for promise in PROMISES if promise.message == message_id for words in promise.words]
    spans = [found.span() for words in (*listed, *NO_PROMISE) for found in re.finditer(re.escape(words), text)]
    return [
        text[max(found.start() - 20, 0) : found.end() + 20]
        for found in PROMISING.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in spans)
    ]


def test_every_promise_in_the_messages_is_in_the_list() -> None:
    missing = {message_id: found for message_id, text in messages("vi") if (found := uncovered(message_id, text))}
    assert missing == {}


def test_a_new_promise_would_be_noticed() -> None:
    assert uncovered("handover.done", "mình sẽ gọi cho bạn") == ["mình sẽ gọi cho bạn"]
    assert uncovered("menu.show", "không ai đọc được tin này") == ["không ai đọc được tin này"]


def test_what_the_list_quotes_stands_in_its_message() -> None:
    readings: dict[str, list[str]] = {}
    for message_id, text in messages("vi"):
        readings.setdefault(message_id, []).append(text)
    gone = [
        (promise.message, words)
        for promise in PROMISES
        for words in promise.words
        if not any(words in text for text in readings.get(promise.message, ()))
    ]
    assert gone == []


def test_promises_in_english_are_those_of_listed_messages() -> None:
    listed = {promise.message for promise in PROMISES} | NO_PROMISE_IN_ENGLISH
    assert {message_id for message_id, text in messages("en") if PROMISING_IN_ENGLISH.search(text)} - listed == set()


def test_every_promise_has_a_check_and_a_conversation_or_says_why_only_a_person_can_keep_it() -> None:
    for promise in PROMISES:
        if promise.backed_by == "people":
            assert promise.why, promise.message
        else:
            assert {promise.backed_by, promise.at_the_end} - {None} <= set(CHECKS), promise.message
            known = promise.shown_by in DRIVES or (TRANSCRIPTS / f"{promise.shown_by}.yml").is_file()
            assert known, f"{promise.message}: there is no conversation {promise.shown_by}"
    used = {name for promise in PROMISES for name in (promise.backed_by, promise.at_the_end)}
    assert set(CHECKS) - used == set(), "a check that no promise needs"


# --- the state behind the words ---


async def transcript(person: Player, name: str) -> AsyncIterator[list[Shown]]:
    """Play one transcript and yield what each step brought."""
    script = read_transcript(TRANSCRIPTS / f"{name}.yml")
    person.worker = replace(person.worker, emergency_policy=script.emergency_policy)
    for step in script.steps:
        (played,) = await play(person, Transcript(title=name, steps=[step]))
        yield list(played.shown)


async def three_children_wait(person: Player) -> AsyncIterator[list[Shown]]:
    await person.counsellor()
    for address in ("first", "second"):
        await _agree(Player(worker=person.worker, clock=person.clock, address=address))
        person.clock.advance(1)
    yield await _agree(person)


async def a_turn_that_fails(person: Player) -> AsyncIterator[list[Shown]]:
    def fragile(moment: Moment) -> Turn:
        if POISON in moment.text:
            raise ValueError
        return turn(moment)

    with patch.object(worker_module, "turn", fragile):
        shown = await person.say(POISON)
        for _ in range(10):
            shown += await person.wait(3)
    yield shown


async def parent_takes_the_phone(person: Player) -> AsyncIterator[list[Shown]]:
    await person.say("chào bạn")
    await person.press("role.child")
    await person.press("band.11-14")
    yield await person.press("profile")
    yield await person.press("role.parent")


async def place_for_a_number(person: Player) -> AsyncIterator[list[Shown]]:
    await person.say("chào bạn")
    await person.press("role.child")
    await person.press("band.11-14")
    await person.press("who")
    yield await person.press("who.near")
    yield await person.say("hai phong")


async def a_friend_in_danger(person: Player) -> AsyncIterator[list[Shown]]:
    yield await _in_danger(person, "bạn em đang bị bố cầm dao đuổi ngay bây giờ")


async def a_child_that_wants_to_die(person: Player) -> AsyncIterator[list[Shown]]:
    yield await _in_danger(person, "em muốn chết, tối nay em sẽ nhảy lầu")


async def a_friend_that_wants_to_die(person: Player) -> AsyncIterator[list[Shown]]:
    await _in_danger(person, "bạn em đang đứng trên sân thượng đòi nhảy xuống")
    yield await person.press("about.friend")


async def a_parent_that_hurt_a_child(person: Player) -> AsyncIterator[list[Shown]]:
    yield await _in_danger(person, "tôi vừa đánh con tôi gãy tay, cháu đang chảy máu nhiều")


async def privacy_where_an_emergency_is_passed_on(person: Player) -> AsyncIterator[list[Shown]]:
    person.worker = replace(person.worker, emergency_policy="vital_interest")
    await person.say("chào bạn")
    await person.press("role.child")
    await person.press("band.11-14")
    yield await person.press("privacy")


async def another_is_asked_for_while_waiting(person: Player) -> AsyncIterator[list[Shown]]:
    await _agree(person)
    await person.counsellor()
    await person.take_next()
    await person.hand_back()
    yield await person.say("em muốn cô khác")


async def another_is_asked_for_after_the_talk(person: Player) -> AsyncIterator[list[Shown]]:
    await _agree(person)
    await person.counsellor()
    await person.take_next()
    await person.close()
    yield await person.say("em muốn cô khác")


async def _in_danger(person: Player, text: str) -> list[Shown]:
    person.worker = replace(person.worker, emergency_policy="vital_interest")
    return await person.say(text)


async def _agree(person: Player) -> list[Shown]:
    await person.say(TELLING)
    await person.press("talk.now")
    return await person.press("consent.conversation.yes")


DRIVES: dict[str, Callable[[Player], AsyncIterator[list[Shown]]]] = {
    drive.__name__: drive
    for drive in (
        three_children_wait,
        a_turn_that_fails,
        parent_takes_the_phone,
        place_for_a_number,
        a_friend_in_danger,
        a_child_that_wants_to_die,
        a_friend_that_wants_to_die,
        a_parent_that_hurt_a_child,
        privacy_where_an_emergency_is_passed_on,
        another_is_asked_for_while_waiting,
        another_is_asked_for_after_the_talk,
    )
}


@pytest.mark.parametrize("script", SCRIPTS)
async def test_what_is_promised_is_true_when_it_is_said(script: str, person: Player) -> None:
    promises = [promise for promise in PROMISES if promise.shown_by == script]
    said: dict[int, tuple[int, str]] = {}
    async for shown in DRIVES[script](person) if script in DRIVES else transcript(person, script):
        for number, promise in enumerate(promises):
            if not _is_said(promise, shown):
                continue
            found = await last_said(person, promise.message, promise.words)
            if found is None:
                pytest.fail(f"{promise.message} was shown and is in no row")
            said[number] = found
            await CHECKS[promise.backed_by](await facts_of(person, *found))
    assert [promise.message for number, promise in enumerate(promises) if number not in said] == []
    for number, promise in enumerate(promises):
        if promise.at_the_end is not None:
            await CHECKS[promise.at_the_end](await facts_of(person, *said[number]))


def _is_said(promise: Promise, shown: list[Shown]) -> bool:
    return any(stands_in(promise.message, promise.words, message.message_id, message.text) for message in shown)


# --- words and state commit together ---


async def counts(person: Player) -> tuple[int, ...]:
    """Return how many words, cases and decisions another connection sees now."""
    async with person.database.reading() as unit:
        return tuple(
            [
                (await unit.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (outbox, cases, consent)
            ]
        )


async def test_nobody_sees_the_words_before_the_state_behind_them_is_committed(person: Player) -> None:
    await person.say(TELLING)
    await person.press("talk.now")
    before = await counts(person)
    seen: list[tuple[int, ...]] = []
    real = conversations.save_state

    async def looking(*arguments: Any) -> None:
        await real(*arguments)  # everything of the turn is written now, and nothing is committed
        seen.append(await counts(person))

    with patch.object(conversations, "save_state", looking):
        shown = await person.press("consent.conversation.yes")
    assert "handover.done" in {message.message_id for message in shown}
    assert seen == [before]
    assert await counts(person) > before


async def test_a_turn_that_dies_before_its_commit_leaves_neither_words_nor_case(person: Player) -> None:
    await person.say(TELLING)
    await person.press("talk.now")
    before = await counts(person)
    real, left = conversations.save_state, [1]

    async def dying(*arguments: Any) -> None:
        await real(*arguments)
        if left:
            left.pop()
            raise RuntimeError

    with patch.object(conversations, "save_state", dying):
        assert await person.press("consent.conversation.yes") == []
        assert await counts(person) == before
        shown = await person.wait(1)
    assert [message.message_id for message in shown].count("handover.done") == 1
    assert (await counts(person))[1:] == (before[1] + 1, before[2] + 1)


@dataclass
class Watching:
    """A messenger that looks, from outside the turn, for the case behind what it is given to send."""

    person: Player
    sent: list[tuple[str, int]]
    name: str = "telegram"

    async def send(self, address: str, message: OutgoingMessage) -> str | None:  # noqa: ARG002
        self.sent.append((message.text, (await counts(self.person))[1]))
        return None

    async def delete(self, address: str, message_ids: Sequence[str]) -> None:
        """Nothing is deleted here."""


async def test_a_messenger_is_given_words_only_when_their_state_is_committed(person: Player, content: Content) -> None:
    telegram = Player(worker=person.worker, clock=person.clock, channel="telegram", address="77")
    await _agree(telegram)
    watching = Watching(person=telegram, sent=[])
    sender = Sender(database=person.database, vault=person.vault, clock=person.clock, channels={"telegram": watching})
    while await sender.send():
        pass
    handed_over = content.say("handover.done", "unknown").strip()
    assert (handed_over, 1) in watching.sent
