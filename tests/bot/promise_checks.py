"""What makes a promise true: one check for each, made on the committed rows. `CHECKS` names them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.follow_up import TIMER, is_allowed
from bot.playback import Player
from bot.state import State, from_json
from bot.times import spoken_time
from escalation.priority import Waiting, in_order
from escalation.referrals.keeping import packet_place
from store import conversations
from store.conversations import Conversation, message_place
from store.outbox import outbox_place
from store.tables import metadata

_DAY_SECONDS = 86_400
_WITHIN_OTHERS = ("notice.short", "receipts.", "export.")  # messages whose words stand in another's


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Every committed row of the database, and what was said."""

    person: Player
    held: Conversation
    state: State
    rows: dict[str, list[Any]]
    seq: int  # of the words in the outbox
    text: str

    @property
    def case(self) -> Any:
        """The newest case of the one at the phone."""
        mine = [row for row in self.rows["cases"] if self.is_mine(row) and row.role == self.state.person]
        return max(mine, key=lambda row: row.opened_at) if mine else None

    def is_mine(self, row: Any) -> bool:
        """Tell whether a row belongs to this conversation."""
        return bool(row.conversation_id == self.held.id)

    def mine(self, table: str) -> list[Any]:
        """Return the rows of this conversation, in the order in which they were written."""
        return [row for row in self.rows[table] if self.is_mine(row)]

    def lines(self, case_id: str | None = None) -> list[Any]:
        """Return this conversation's lines, of one case or of all."""
        return [row for row in self.mine("message") if case_id is None or row.case_id == case_id]

    def words(self, row: Any) -> str:
        """Open one line."""
        return str(self.held.sealer.open(message_place(row.seq), row.body_sealed)["text"])

    def alerts(self, kind: str) -> list[Any]:
        """Return the alerts of one kind on the newest case."""
        return [row for row in self.rows["alert"] if self.case and row.case_id == self.case.id and row.kind == kind]

    def consents(self, decision: str) -> list[Any]:
        """Return the decisions about the conversation."""
        return [row for row in self.mine("consent") if (row.item, row.decision) == ("conversation", decision)]


async def facts_of(person: Player, seq: int, text: str) -> Facts:
    """Read everything that is committed now."""
    async with person.database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
        assert held is not None
        rows = {
            table.name: list(await unit.execute(select(table).order_by(*table.primary_key.columns)))
            for table in metadata.sorted_tables
        }
    return Facts(person=person, held=held, state=from_json(held.state), rows=rows, seq=seq, text=text)


def stands_in(message_id: str, words: list[str], said: str, text: str) -> bool:
    """Tell whether a message says these words; the head of a question and some lines stand in another's message."""
    if said == message_id:
        return True
    within = said.startswith("question.") or message_id.startswith(_WITHIN_OTHERS)
    return within and any(piece in text.casefold() for piece in words)


async def last_said(person: Player, message_id: str, words: list[str]) -> tuple[int, str] | None:
    """Return number and text of the newest words of one message; the head of a question carries the question's id."""
    async with person.database.reading() as unit:
        held = await conversations.find(unit, person.vault, person.channel, person.address)
        assert held is not None
        table = metadata.tables["outbox"]
        rows = await unit.execute(
            select(table).where(table.c.conversation_id == held.id, table.c.kind == "message").order_by(table.c.seq)
        )
        bodies = [
            (row.seq, held.sealer.open(outbox_place(row.seq), row.body_sealed)) for row in rows if row.body_sealed
        ]
    found = [
        (seq, str(body["text"]))
        for seq, body in bodies
        if stands_in(message_id, words, body["message_id"], str(body["text"]))
    ]
    return found[-1] if found else None


# --- who reads ---


async def only_with_a_yes(facts: Facts) -> None:
    yes = {row.case_id for row in facts.consents("granted")}
    assert {row.case_id for row in facts.lines()} - {None} <= yes, "a line can be read without a yes"
    assert {row.id for row in facts.rows["cases"] if facts.is_mine(row)} <= yes, "a case stands without a yes"


async def nobody_has_read(facts: Facts) -> None:
    assert [row for row in facts.lines() if row.case_id is not None] == []
    assert facts.case is None
    assert [row for row in facts.rows["trail"] if row.stream.startswith("case:")] == []


async def nobody_else_is_told(facts: Facts) -> None:
    assert [row for row in facts.rows["outbox"] if not facts.is_mine(row)] == [], "words went to somebody else"
    assert [row.id for row in facts.rows["conversation"]] == [facts.held.id]


async def nothing_is_passed_on(facts: Facts) -> None:
    assert facts.case is None
    assert [row for row in facts.lines() if row.case_id is not None] == []
    assert facts.consents("granted") == []


async def nothing_is_recorded(facts: Facts) -> None:
    asked = next(row.answers for row in facts.mine("outbox") if row.seq == facts.seq)
    assert [row for row in facts.mine("consent") if row.message_seq == asked] == []
    assert facts.case is None or facts.case.state in {"waiting", "claimed"}


# --- the case ---


async def case_waits(facts: Facts) -> None:
    assert facts.case.state == "waiting"
    assert facts.case.owner_id is None
    assert facts.case.id in {row.case_id for row in facts.consents("granted")}
    assert facts.lines(facts.case.id), "there is nothing to read"
    assert "case.opened" in {row.action for row in facts.rows["trail"] if row.stream == f"case:{facts.case.id}"}


async def place_is_true(facts: Facts) -> None:
    await case_waits(facts)
    assert _staffed(facts)
    queue = in_order((_waiting(row) for row in facts.rows["cases"] if row.state == "waiting"), facts.person.clock.now())
    ahead = [case.case_id for case in queue].index(facts.case.id)
    told = re.search(r"còn (\d+) người", facts.text)
    assert ahead == (int(told.group(1)) if told else 0)


async def nobody_at_the_desk(facts: Facts) -> None:
    await case_waits(facts)
    assert not _staffed(facts)


async def words_are_in_the_case(facts: Facts) -> None:
    newest = [row for row in facts.lines() if row.author == "child"][-1]
    assert newest.case_id == facts.case.id
    assert facts.case.state == "waiting"


async def counsellor_is_there(facts: Facts) -> None:
    assert facts.case.state == "claimed"
    assert facts.case.lease_until > facts.person.clock.now()
    names = {row.id: row.display_name for row in facts.rows["staff"]}
    assert names[facts.case.owner_id] in facts.text


async def next_counsellor_reads_what_was_told(facts: Facts) -> None:
    await counsellor_is_there(facts)
    told = [line.text for line in (await facts.person.read_case()).lines if line.author == "child"]
    assert told == [facts.words(row) for row in facts.lines(facts.case.id) if row.author == "child"] != []


async def first_of_its_urgency(facts: Facts) -> None:
    await case_waits(facts)
    assert facts.case.front
    same = [row for row in facts.rows["cases"] if row.state == "waiting" and row.urgency == facts.case.urgency]
    assert in_order(map(_waiting, same), facts.person.clock.now())[0].case_id == facts.case.id


async def supervisor_is_alerted(facts: Facts) -> None:
    assert facts.alerts("silence")
    assert facts.alerts("silence")[-1].seen_at is None


async def case_is_closed(facts: Facts) -> None:
    assert facts.case.state == "closed"
    assert facts.state.contact is None


async def desk_knows_the_child_left(facts: Facts) -> None:
    assert facts.alerts("child_left")
    assert facts.state.contact is not None
    assert facts.state.contact.hidden


# --- the follow-up ---


async def follow_up_is_only_proposed(facts: Facts) -> None:
    assert [row.state for row in facts.mine("follow_up")] == ["proposed"]
    await no_follow_up_is_ahead(facts)


async def follow_up_is_set(facts: Facts) -> None:
    (row,) = facts.mine("follow_up")
    assert row.state == "agreed"
    assert is_allowed(row.due_at)
    assert spoken_time(row.due_at, "vi") in facts.text
    assert [timer.due_at for timer in facts.mine("timer") if timer.name == f"{TIMER}{facts.state.person}"] == [
        row.due_at
    ]


async def no_follow_up_is_ahead(facts: Facts) -> None:
    assert [timer for timer in facts.mine("timer") if timer.name.startswith(TIMER)] == []
    assert {row.state for row in facts.mine("follow_up")} <= {"proposed", "refused", "taken_back"}


async def referral_is_granted(facts: Facts) -> None:
    (row,) = [row for row in facts.mine("referral") if row.asking != "lapsed"]
    assert (row.asking, row.sent_at) == ("granted", None)
    yes = [one.receiver for one in facts.mine("consent") if (one.item, one.decision) == ("referral", "granted")]
    assert yes == [row.receiver]


async def nothing_was_sent_out(facts: Facts) -> None:
    assert [row.state for row in facts.mine("referral")] == ["draft"]
    assert [row for row in facts.mine("referral") if row.packet_sealed is not None] == []


async def packet_has_only_agreed_items(facts: Facts) -> None:
    (row,) = facts.mine("referral")
    packet = dict(facts.held.sealer.open(packet_place(row.id), row.packet_sealed))
    assert {"nickname", "area", "phone"} & set(packet) == set()


async def news_waits_for_the_word(facts: Facts) -> None:
    later = [row for row in facts.mine("outbox") if row.seq > facts.seq and row.body_sealed is not None]
    said = [(facts.held.sealer.open(outbox_place(row.seq), row.body_sealed)["message_id"], row.push) for row in later]
    assert ("discreet.neutral", True) in said
    assert ("referral.news_accepted", True) not in said


async def one_follow_up_was_sent(facts: Facts) -> None:
    assert [row.state for row in facts.mine("follow_up")] == ["sent"]
    said = [row for row in facts.mine("outbox") if row.kind == "message"]
    ids = [facts.held.sealer.open(outbox_place(row.seq), row.body_sealed)["message_id"] for row in said]
    assert ids.count("followup.how") == 1


# --- taking back and erasing ---


async def taken_back(facts: Facts) -> None:
    (case,) = [row for row in facts.rows["cases"] if facts.is_mine(row)]
    assert case.state == "withdrawn"
    assert facts.consents("withdrawn")


async def content_is_gone(facts: Facts) -> None:
    await taken_back(facts)
    assert facts.case.items_sealed is None
    assert facts.case.claimed_at is None
    assert facts.lines(facts.case.id) == []
    before = [row for row in facts.mine("outbox") if facts.case.from_seq <= row.seq < facts.seq]
    assert [row.seq for row in before if row.body_sealed is not None and row.status != "pending"] == []


async def law_part_only(facts: Facts) -> None:
    await taken_back(facts)
    assert facts.case.items_sealed is None
    assert facts.alerts("withdrawn"), "the counsellor was not told"
    if facts.case.urgency == "moderate":
        assert facts.lines(facts.case.id) == []


async def everything_is_gone(facts: Facts) -> None:
    assert [row.seq for row in facts.lines() if row.seq < facts.seq] == []
    await _nothing_outside_a_case(facts)


async def all_but_the_case_is_gone(facts: Facts) -> None:
    cases = {row.id for row in facts.rows["cases"] if facts.is_mine(row) and row.claimed_at is not None}
    assert cases, "no case was ever received"
    assert [row.seq for row in facts.lines() if row.seq < facts.seq and row.case_id not in cases] == []
    await _nothing_outside_a_case(facts)


async def _nothing_outside_a_case(facts: Facts) -> None:
    words = [row for row in facts.mine("outbox") if row.kind == "message" and row.seq < facts.seq]
    assert [row.seq for row in words if row.body_sealed is not None] == []
    assert [row.seq for row in facts.mine("inbox") if row.body_sealed is not None] == []
    assert facts.state == State(language=facts.state.language, away=True)
    assert facts.mine("timer") == []


async def passed_on_without_a_name(facts: Facts) -> None:
    assert facts.case.basis == "vital_interest"
    assert facts.case.state == "waiting"
    assert facts.case.items_sealed is None
    assert facts.lines(facts.case.id), "there is nothing to read"


async def nothing_more_is_passed_on(facts: Facts) -> None:
    assert facts.case.basis == "vital_interest"
    assert facts.state.contact is not None
    assert facts.state.contact.way == "refused"
    assert not facts.state.shares
    no = max(row.message_seq for row in (*facts.consents("refused"), *facts.consents("withdrawn")))
    assert [row.seq for row in facts.lines(facts.case.id) if row.author == "child" and row.seq > no] == []


async def another_takes_the_case(facts: Facts) -> None:
    assert facts.case.state == "waiting"
    await another_next_time(facts)


async def another_next_time(facts: Facts) -> None:
    assert facts.mine("restriction"), "whom the child declined may take its case"
    assert facts.alerts("other_asked"), "the supervisor was not told"


async def one_complaint_is_filed(facts: Facts) -> None:
    assert len(facts.mine("complaint")) == 1, "what was dropped is filed too"


async def nobody_has_opened_it(facts: Facts) -> None:
    opened = {"case.viewed", "case.claimed"}
    stream = f"case:{facts.case.id}"
    assert [row for row in facts.rows["trail"] if row.stream == stream and row.action in opened] == []


async def case_is_for_advice_and_protection(facts: Facts) -> None:
    assert facts.case.purposes == "advice protection"


async def the_ledger_has_it(facts: Facts) -> None:
    assert facts.mine("consent")


async def this_person_has_no_case(facts: Facts) -> None:
    assert facts.case is None


async def refused_words_go(facts: Facts) -> None:
    answered = next(row.answers for row in facts.mine("outbox") if row.seq == facts.seq)
    told = [row.seq for row in facts.mine("inbox") if row.kind == "message" and row.seq <= answered][-3:]
    assert set(told) & {row.seq for row in facts.lines()} == set(), "telling, asking for 111 and the no are still there"


async def gone_after_the_terms(facts: Facts) -> None:
    facts.person.clock.advance(30 * _DAY_SECONDS + 1)
    await facts.person.worker.purge()
    month = await facts_of(facts.person, facts.seq, facts.text)
    assert [row.seq for row in month.lines() if row.case_id is None] == []
    assert [row.seq for row in month.mine("outbox") if row.body_sealed is not None] == []
    facts.person.clock.advance(336 * _DAY_SECONDS)
    await facts.person.worker.purge()
    async with facts.person.database.reading() as unit:
        left = await conversations.find(unit, facts.person.vault, facts.person.channel, facts.person.address)
    assert left is None, "nothing of a conversation that was still for a year is left, what was learned least of all"


async def words_are_sealed(facts: Facts) -> None:
    lines = [row for row in facts.lines() if facts.words(row)]
    assert lines
    assert [row.seq for row in lines if facts.words(row).encode() in bytes(row.body_sealed)] == []


async def message_is_kept(facts: Facts) -> None:
    assert [row.body_sealed is not None for row in facts.mine("inbox") if row.status == "parked"] == [True]


async def only_its_kind_is_kept(facts: Facts) -> None:
    newest = [row for row in facts.lines() if row.author == "child" and row.seq < facts.seq][-1]
    assert re.fullmatch(r"\[(picture|voice|video|file)\]", facts.words(newest))
    assert [row.seq for row in facts.mine("inbox") if row.body_sealed is not None] == []


async def old_words_are_off_the_screen(facts: Facts) -> None:
    deleted = [row for row in facts.mine("outbox") if row.kind == "delete" and row.seq > facts.seq]
    ids = [facts.held.sealer.open(outbox_place(row.seq), row.body_sealed)["ids"] for row in deleted]
    shown = {str(row.seq) for row in facts.lines() if row.seq <= facts.seq}
    assert shown, "there was nothing on the screen"
    assert shown <= {each for taken in ids for each in taken}


async def the_place_is_forgotten(facts: Facts) -> None:
    answered = next(row.seq for row in facts.mine("inbox") if row.kind == "message" and row.seq > facts.seq)
    assert answered not in {row.seq for row in facts.lines()}


# --- discreet mode, the menu, learning ---


async def word_is_asked_for(facts: Facts) -> None:
    assert facts.state.question is not None
    assert facts.state.question.kind == "word"


async def word_is_set(facts: Facts) -> None:
    assert facts.state.discreet_word


async def word_is_gone(facts: Facts) -> None:
    assert not facts.state.discreet_word


async def neutral_line_came_first(facts: Facts) -> None:
    pushed = [row for row in facts.mine("outbox") if row.seq > facts.seq and row.push and row.body_sealed is not None]
    first = facts.held.sealer.open(outbox_place(pushed[0].seq), pushed[0].body_sealed)
    assert first["message_id"] == "discreet.neutral"


async def offer_is_in_the_menu(facts: Facts) -> None:
    (menu,) = await facts.person.press("menu")
    assert "talk.now" in menu.choices


async def missed_questions_come_back(facts: Facts) -> None:
    right, total = map(int, re.findall(r"(\d+)/(\d+)", facts.text)[0])
    assert right < total, "nothing was missed, so nothing is shown by this"
    assert len(facts.state.learning.cards) >= total - right


async def no_score(facts: Facts) -> None:
    assert facts.state.learning.results == ()


def _staffed(facts: Facts) -> bool:
    return any(row.until > facts.person.clock.now() for row in facts.rows["presence"])


def _waiting(row: Any) -> Waiting:
    return Waiting(
        case_id=row.id,
        urgency=row.urgency,
        band=row.band,
        audience=row.audience,
        front=row.front,
        waiting_since=row.waiting_since,
    )


Check = Callable[[Facts], Awaitable[None]]
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        referral_is_granted, nothing_was_sent_out, packet_has_only_agreed_items, news_waits_for_the_word,
        only_with_a_yes, nobody_has_read, nobody_else_is_told, nothing_is_passed_on, nothing_is_recorded,
        case_waits, place_is_true, nobody_at_the_desk, words_are_in_the_case, counsellor_is_there,
        next_counsellor_reads_what_was_told,
        first_of_its_urgency, supervisor_is_alerted, case_is_closed, desk_knows_the_child_left,
        taken_back, content_is_gone, law_part_only, everything_is_gone, all_but_the_case_is_gone,
        this_person_has_no_case, refused_words_go, gone_after_the_terms, words_are_sealed, message_is_kept,
        only_its_kind_is_kept, old_words_are_off_the_screen, the_place_is_forgotten,
        word_is_asked_for, word_is_set, word_is_gone, neutral_line_came_first,
        passed_on_without_a_name, nothing_more_is_passed_on, another_takes_the_case, another_next_time,
        one_complaint_is_filed, nobody_has_opened_it, case_is_for_advice_and_protection, the_ledger_has_it,
        offer_is_in_the_menu, missed_questions_come_back, no_score,
        follow_up_is_only_proposed, follow_up_is_set, no_follow_up_is_ahead, one_follow_up_was_sent,
    )
}  # fmt: skip
