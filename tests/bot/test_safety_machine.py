"""The stateful safety test: random people, counsellors, crashes and duplicates; the six "never" after every step."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.settings import EmergencyPolicy
from content.library import Content
from nlu.listener import Listener
from tests.bot.house import CANARY, House

INNOCENT = [
    "chào bạn",
    "12 tuổi",
    "bài tập giết mình mất",
    "cho em học bài",
    "2",
    "đùa thôi",
    "cảm ơn",
    "",
    "😀",
    "thời tiết sao",
]
TELLING = [
    "ba đánh em hoài",
    "em không muốn sống nữa",
    f"chú ấy sờ vào chỗ kín của em, gọi {CANARY}",
    "tối nay nó hẹn gặp em",
]
ANSWERS = [
    "có",
    "không",
    "đồng ý",
    "dạ",
    "ok",
    "được nhưng đừng cho bố biết",
    "thôi",
    "em an toàn",
    "xoài",
    f"số em {CANARY}",
    CANARY,
    "bỏ câu 1",
]
CHOICES = [
    "role.child", "role.parent", "band.6-10", "band.15-17", "menu", "learn", "learn.scam", "quiz.scam",
    "path", "daily", "progress",
    "answer.1", "next", "stop", "safe.yes", "safe.no", "talk.now", "talk.later", "about.me", "about.lesson",
    "consent.conversation.yes", "consent.conversation.no", "consent.nickname.yes", "consent.phone.yes",
    "consent.phone.no", "consent.area.yes", "item.skip", "share.phone", "withdraw", "withdraw.confirm",
    "delete", "delete.confirm", "discreet.on", "discreet.off", "counsellor.end", "breathe", "exit", "profile",
    "counsellor.other", "complain", "plan", "preview", "leave.1", "leave.2", "leave.none", "receipts", "export",
    "export.file", "privacy", "report", "voice", "lang.en", "lang.vi", "no.such",
    "referral.yes", "referral.no", "referral.stop", "referral.tell.yes",
]  # fmt: skip
PEOPLE = st.integers(0, 1)
STAFF = st.integers(0, 1)


class Hotline(RuleBasedStateMachine):
    """One hotline under everything that can happen to it."""

    content: Content
    listener: Listener
    emergency_policy: EmergencyPolicy = "consent"

    @initialize()
    def open(self) -> None:
        self.house = House(self.content, self.listener, self.emergency_policy)

    @rule(who=PEOPLE, text=st.sampled_from(INNOCENT + TELLING + ANSWERS), crashes=st.sampled_from([0, 0, 0, 1, 2]))
    def types(self, who: int, text: str, crashes: int) -> None:
        person = self.house.people[who]
        silent, open_matter = (
            self.house.run(self.house.is_silent(person)),
            self.house.run(self.house.has_matter(person)),
        )
        shown = self.house.run(self.house.send(person, person.message(text=text), crashes=crashes))
        if text in TELLING and not silent:
            assert shown, "a disclosure went unanswered"
            assert open_matter or any("111" in message.text for message in shown), "a disclosure without 111"

    @rule(who=PEOPLE, texts=st.lists(st.sampled_from(INNOCENT + TELLING + ANSWERS), min_size=2, max_size=5))
    def types_in_a_burst(self, who: int, texts: list[str]) -> None:
        self.house.run(self.house.people[who].say(*texts))

    @rule(who=PEOPLE, choice=st.sampled_from(CHOICES), crashes=st.sampled_from([0, 0, 0, 1]))
    def presses(self, who: int, choice: str, crashes: int) -> None:
        person = self.house.people[who]
        self.house.run(self.house.send(person, person.message(choice=choice), crashes=crashes))

    @rule(who=PEOPLE)
    def goes_the_way_to_a_counsellor(self, who: int) -> None:
        person = self.house.people[who]
        for choice in ("talk.now", "consent.conversation.yes"):
            self.house.run(person.press(choice))

    @rule(who=PEOPLE, kind=st.sampled_from(["picture", "voice", "file", "sticker"]))
    def sends_a_file(self, who: int, kind: str) -> None:
        person = self.house.people[who]
        self.house.run(person.receive(person.message(attachment=kind)))

    @rule(who=PEOPLE)
    def the_same_message_comes_again(self, who: int) -> None:
        person = self.house.people[who]
        if person.address in self.house.last:
            self.house.run(person.shown())  # what the desk did meanwhile is not an answer to the repetition
            assert self.house.run(person.receive(self.house.last[person.address])) == []

    @rule(seconds=st.sampled_from([1, 40, 95, 130, 310, 1900, 8 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.house.clock.advance(seconds)
        self.house.run(self.house.settle())

    @rule(staff=STAFF)
    def a_counsellor_takes_the_next(self, staff: int) -> None:
        member = self.house.staff[staff]
        if member.id not in self.house.held:
            self.house.run(self.house.take(member))

    @precondition(lambda self: self.house.held)
    @rule(staff=STAFF, verb=st.sampled_from(["reply", "read", "renew", "reason", "hand_back", "close"]))
    def a_counsellor_acts(self, staff: int, verb: str) -> None:
        member = self.house.staff[staff]
        if member.id in self.house.held:
            self.house.run(self.house.act(member, verb, "Cô nghe em đây"))

    @rule()
    def the_supervisor_signs(self) -> None:
        self.house.run(self.house.sign())

    @invariant()
    def the_six_nevers(self) -> None:
        if hasattr(self, "house"):
            self.house.run(self.house.check())

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.close()


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


class HotlineOfVitalInterest(Hotline):
    """The same, where an emergency reaches 111 without waiting for a yes."""

    emergency_policy: EmergencyPolicy = "vital_interest"


@pytest.mark.parametrize("machine", [Hotline, HotlineOfVitalInterest])
def test_what_can_never_happen_never_happens(
    content: Content, listener: Listener, logged: list[structlog.typing.EventDict], machine: type[Hotline]
) -> None:
    machine.content, machine.listener = content, listener
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            print_blob=True,
        ),
    )
    assert CANARY not in repr(logged)
