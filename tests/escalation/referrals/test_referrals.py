"""Referrals in the hotline's rows, on both databases: who may do what, the gate, taking back, alarms, erasing."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot import clocks
from bot.clocks import Terms
from escalation import consent, contact, holds, restrictions, trail, watch
from escalation.errors import LeaseLost, NoSuchCase, NotAllowed
from escalation.permissions import Role, Staff
from escalation.referrals import asking, drafting, rows, sending
from escalation.referrals.errors import (
    ChangedMeanwhile,
    GateShut,
    NoSuchReferral,
    NotNow,
    OneAlready,
    SameSignature,
    TooSoon,
    Unreadable,
)
from escalation.referrals.keeping import body_place
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral
from escalation.tables import alert
from escalation.tables import trail as trail_table
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

pytest_plugins = ("tests.store.databases", "tests.escalation.hotline_fixture")
RECEIVERS = our_receivers()
CANARY = "0912345678"
WORDS = Words(request="Xin bảo vệ em", account=f"Em kể bị đánh, số {CANARY}", done_before="")


class Office:
    """What staff do with one referral, always on its newest version."""

    def __init__(self, hotline: Hotline, case_id: str) -> None:
        self.hotline, self.case_id, self.id = hotline, case_id, ""

    async def row(self) -> Any:
        return (await self.hotline.rows(referral, id=self.id))[0]

    async def draft(self, staff: Staff, receiver: str = "school", *, urgent: bool = False, words: Words = WORDS) -> str:
        async with self.hotline.database.transaction() as unit:
            self.id = await drafting.draft(
                unit,
                VAULT,
                staff,
                self.case_id,
                RECEIVERS[receiver],
                urgent=urgent,
                fields=frozenset({"nickname", "account"}) & set(RECEIVERS[receiver].may),
                words=words,
                now=self.hotline.now,
            )
        return self.id

    async def do(self, act: Any, staff: Staff, *more: Any, **named: Any) -> Any:
        version = {} if act is sending.take_packet else {"version": named.pop("version", (await self.row()).version)}
        async with self.hotline.database.transaction() as unit:
            return await act(unit, VAULT, staff, self.case_id, self.id, *more, **version, **named, now=self.hotline.now)

    async def reason(self, staff: Staff, ground: str = "urgent_19_1_a") -> None:
        await self.do(drafting.write_reason, staff, ground=ground, text="có nguy cơ ngay")

    async def send(self, staff: Staff) -> None:
        await self.do(sending.send, staff, RECEIVERS, how="letter")

    async def answer(self, staff: Staff, event: str, text: str = "") -> None:
        await self.do(sending.answer, staff, RECEIVERS, event=event, text=text)

    async def step(self, event: asking.ChildEvent) -> bool:
        """Do what the bot's turn does: the ledger first, then the row."""
        row, held = await self.row(), await self.hotline.conversation(self.case_id)
        async with self.hotline.database.transaction() as unit:
            if event in {"grant", "refuse", "withdraw"}:
                await consent.record(
                    unit,
                    conversation_id=held.id,
                    item="referral",
                    decision={"grant": "granted", "refuse": "refused", "withdraw": "withdrawn"}[event],  # type: ignore[arg-type]
                    wording="referral.ask@1",
                    audience="11-14",
                    channel="web",
                    message_seq=held.last_seq,
                    case_id=self.case_id,
                    receiver=row.receiver,
                    at=self.hotline.now,
                )
            return await asking.step(unit, self.id, event, self.hotline.now)

    async def actions(self) -> list[str]:
        entries = await self.hotline.rows(trail_table, stream=f"case:{self.case_id}")
        ordered = sorted(entries, key=lambda entry: int(entry.number))
        return [entry.action for entry in ordered if entry.action.startswith("referral.")]

    async def alerts(self) -> list[str]:
        return [row.kind for row in await self.hotline.rows(alert, case_id=self.case_id)]


async def people(hotline: Hotline) -> dict[str, Staff]:
    roles: dict[str, Role] = {"lan": "counsellor", "an": "supervisor", "ha": "coordinator"}
    return {name: await hotline.staff(name, role) for name, role in roles.items()}


async def asked(
    hotline: Hotline, staff: dict[str, Staff], receiver: str = "school", *, urgency: str = "high"
) -> Office:
    office = Office(hotline, await hotline.child(urgency=urgency))
    lease = await hotline.claim(staff["lan"], office.case_id)
    await office.draft(staff["lan"], receiver)
    await office.do(asking.ask, staff["lan"], lease=lease)
    return office


async def test_the_childs_yes_lets_it_leave_and_every_step_is_in_the_trail(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    assert (await hotline.notices(office.case_id))[-1] == {
        "case": office.case_id, "event": "referral_asked", "referral": office.id, "about": "school",
    }  # fmt: skip
    with pytest.raises(GateShut):
        await office.send(staff["ha"])
    assert await office.step("grant")
    assert await office.step("want_news")
    await office.send(staff["ha"])
    row = await office.row()
    assert (row.state, row.basis, row.sent_by, row.due_at) == (
        "sent", "consent", "ha", hotline.now + RECEIVERS["school"].answer_within.other,
    )  # fmt: skip
    await office.answer(staff["ha"], "accept", "cô giáo Mai")
    assert (await hotline.notices(office.case_id))[-1] == {
        "case": office.case_id, "event": "referral_news", "referral": office.id, "about": "accepted",
    }  # fmt: skip
    await office.answer(staff["ha"], "finish")
    assert await office.actions() == [
        "referral.drafted", "referral.asked", "referral.grant", "referral.want_news", "referral.sent",
        "referral.accept", "referral.finish",
    ]  # fmt: skip
    entries = await hotline.rows(trail_table, stream=f"case:{office.case_id}")
    assert not [entry for entry in entries if CANARY in entry.detail or "Mai" in entry.detail]
    async with hotline.database.reading() as unit:
        assert (await trail.verify(unit))[1] == ()


async def test_a_ground_needs_a_reason_and_another_hand(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = Office(hotline, await hotline.child())
    await office.draft(staff["an"], "police", urgent=True)
    with pytest.raises(NotNow):
        await office.do(drafting.sign, staff["an"])
    await office.reason(staff["an"])
    with pytest.raises(SameSignature):
        await office.do(drafting.sign, staff["an"])
    with pytest.raises(NotAllowed):
        await office.do(drafting.sign, staff["ha"])
    with pytest.raises(GateShut):
        await office.send(staff["an"])
    await office.do(drafting.sign, await hotline.staff("binh", "supervisor"))
    with pytest.raises(NotNow):
        await office.reason(staff["lan"])  # what is signed is not written anew
    words = Words(request="Khác", account="Khác")
    await office.do(drafting.change, staff["lan"], RECEIVERS, urgent=True, fields=frozenset(), words=words)
    with pytest.raises(GateShut):
        await office.send(staff["an"])  # the signature stood under other words
    await office.do(drafting.sign, await hotline.staff("chi", "supervisor"))
    await office.send(staff["an"])
    assert (await office.row()).basis == "ground"


async def test_taking_back_stops_what_has_not_left(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.step("withdraw")
    row = await office.row()
    assert (row.state, row.asking, row.due_at) == ("stopped", "withdrawn", None)
    with pytest.raises(NotNow):
        await office.send(staff["an"])
    with pytest.raises(GateShut):
        await office.do(sending.take_packet, staff["an"], RECEIVERS, form="txt")


async def test_taking_back_what_left_alerts_the_desk_and_ends_the_telling(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.step("want_news")
    await office.send(staff["ha"])
    await office.step("withdraw")
    assert (await office.row()).state == "sent"
    assert await office.alerts() == [asking.ALERT_WITHDRAWN]
    told = len(await hotline.notices(office.case_id))
    await office.answer(staff["ha"], "accept")
    assert len(await hotline.notices(office.case_id)) == told
    with pytest.raises(NotNow):
        await office.send(staff["ha"])


async def test_a_signed_ground_carries_on_when_the_yes_is_taken_back(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff, "commune")
    await office.step("grant")
    await office.reason(staff["lan"], "duty_19_1_dd_51")
    await office.do(drafting.sign, staff["an"])
    await office.step("withdraw")
    await office.send(staff["ha"])
    assert (await office.row()).basis == "ground"


async def test_a_returned_one_passes_the_gate_again(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.send(staff["ha"])
    await office.answer(staff["ha"], "return", "thiếu địa chỉ")
    await office.step("withdraw")
    assert (await office.row()).state == "stopped"


async def test_an_older_yes_does_not_open_a_new_referral(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.do(drafting.drop, staff["lan"])
    hotline.pass_time(60)
    await office.draft(staff["lan"])
    with pytest.raises(GateShut):
        await office.send(staff["an"])


async def test_a_child_that_said_no_is_not_pressed(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    lease = (await hotline.row(office.case_id)).lease
    await office.step("refuse")
    with pytest.raises(NotNow):
        await office.do(asking.ask, staff["lan"], lease=lease)
    await office.do(drafting.drop, staff["lan"])
    await office.draft(staff["lan"])
    with pytest.raises(TooSoon):
        await office.do(asking.ask, staff["lan"], lease=lease)
    hotline.pass_time(asking.AFTER_A_NO.total_seconds() + 1)
    await office.do(asking.ask, staff["lan"], lease=lease)


async def test_only_who_holds_the_child_asks_and_an_unanswered_question_stands_again_later(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    lease = (await hotline.row(office.case_id)).lease
    with pytest.raises(LeaseLost):
        await office.do(asking.ask, staff["an"], lease=lease)
    with pytest.raises(NotNow):
        await office.do(asking.ask, staff["lan"], lease=lease)
    hotline.pass_time(asking.BETWEEN_QUESTIONS.total_seconds())
    await office.do(asking.ask, staff["lan"], lease=lease)


async def test_the_packet_leaves_by_an_act_and_only_through_the_gate(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    with pytest.raises(GateShut):
        await office.do(sending.take_packet, staff["ha"], RECEIVERS, form="txt")
    with pytest.raises(NotAllowed):
        await office.do(sending.take_packet, staff["lan"], RECEIVERS, form="txt")
    await office.step("grant")
    packet = dict((await office.do(sending.take_packet, staff["ha"], RECEIVERS, form="json")).values)
    assert packet["basis"] == "consent"
    assert not {"nickname", "area", "phone", "harms"} & set(packet)
    assert (await office.actions())[-1] == "referral.packet_taken"


async def test_a_packet_is_kept_as_it_was_sent(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.send(staff["ha"])
    with pytest.raises(NotNow):
        await office.do(drafting.change, staff["lan"], RECEIVERS, urgent=False, fields=frozenset(), words=WORDS)
    packet = await office.do(sending.take_packet, staff["an"], RECEIVERS, form="txt")
    assert dict(packet.values)["sender"] == "Cô ha"


async def test_a_stale_page_and_a_forged_id_change_nothing(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    with pytest.raises(ChangedMeanwhile):
        await office.do(drafting.drop, staff["lan"], version=1)
    other = await hotline.child("khac")
    async with hotline.database.transaction() as unit:
        with pytest.raises(NoSuchReferral):
            await drafting.drop(unit, VAULT, staff["lan"], other, office.id, version=2, now=hotline.now)
    with pytest.raises(OneAlready):
        await Office(hotline, office.case_id).draft(staff["lan"])
    with pytest.raises(Unreadable):
        await Office(hotline, office.case_id).draft(staff["lan"], "health", words=Words(request=" "))
    with pytest.raises(Unreadable):
        await office.do(drafting.write_reason, staff["lan"], ground="because", text="x")


async def test_areas_and_wishes_hold_here_too(hotline: Hotline) -> None:
    staff = await people(hotline)
    far = await hotline.staff("xa", "coordinator", "Hà Nội")
    case_id = await hotline.child("hue", area="Huế")
    office = Office(hotline, case_id)
    await office.draft(staff["lan"])
    async with hotline.database.transaction() as unit:
        assert [one.id for one in await rows.listed(unit, VAULT, staff["ha"], hotline.now)] == [office.id]
        assert await rows.listed(unit, VAULT, far, hotline.now) == ()
        with pytest.raises(NoSuchCase):
            await rows.read_case(unit, VAULT, far, case_id, hotline.now)
        with pytest.raises(NotAllowed):
            await rows.listed(unit, VAULT, staff["lan"], hotline.now)
    assert "referrals.listed" in [row.action for row in await hotline.rows(trail_table, stream="staff:ha")]


async def test_what_lies_out_of_reach_takes_no_place_in_a_list(
    lite_hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "AT_MOST", 1)
    staff = await people(lite_hotline)
    first, second = await lite_hotline.child("em"), await lite_hotline.child("be")
    for case_id in (first, second):
        await Office(lite_hotline, case_id).draft(staff["lan"])
        lite_hotline.pass_time(60)
    row = await lite_hotline.row(first)
    async with lite_hotline.database.transaction() as unit:
        await restrictions.restrict(
            unit,
            conversation_id=row.conversation_id,
            role=row.role,
            staff_id=staff["ha"].id,
            why="child_asked",
            case_id=first,
            now=lite_hotline.now,
        )
        listed = await rows.listed(unit, VAULT, staff["ha"], lite_hotline.now)
    assert [one.case_id for one in listed] == [second]


@pytest.mark.parametrize("role", ["analyst", "admin", "auditor"])
async def test_other_roles_see_nothing(lite_hotline: Hotline, role: Role) -> None:
    other = await lite_hotline.staff("khac", role)
    case_id = await lite_hotline.child()
    async with lite_hotline.database.transaction() as unit:
        with pytest.raises(NotAllowed):
            await rows.read_case(unit, VAULT, other, case_id, lite_hotline.now)


async def test_a_late_step_alerts_once_and_anew_after_the_next(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff, urgency="moderate")  # of which no task of the law is late as well
    async with hotline.database.transaction() as unit:
        lease = (await hotline.row(office.case_id)).lease
        await contact.close(
            unit, VAULT, staff["lan"], office.case_id, lease=lease, outcome="referred", summary="", now=hotline.now
        )
    await office.step("grant")
    hotline.pass_time(RECEIVERS["school"].send_within.other.total_seconds())
    assert await watch.sweep(hotline.database, VAULT, hotline.now) == 1
    assert await watch.sweep(hotline.database, VAULT, hotline.now) == 0
    await office.send(staff["ha"])
    hotline.pass_time(RECEIVERS["school"].answer_within.other.total_seconds())
    assert await watch.sweep(hotline.database, VAULT, hotline.now) == 1
    assert await office.alerts() == ["referral_late", "referral_late"]
    await office.answer(staff["ha"], "refuse")
    hotline.pass_time(timedelta(days=400).total_seconds())
    assert await watch.sweep(hotline.database, VAULT, hotline.now) == 0


async def test_urgent_ones_are_due_in_twelve_hours(lite_hotline: Hotline) -> None:
    staff = await people(lite_hotline)
    office = Office(lite_hotline, await lite_hotline.child())
    for receiver in RECEIVERS:
        await office.draft(staff["lan"], receiver, urgent=True)
        assert (await office.row()).due_at == lite_hotline.now + timedelta(hours=12)


async def test_the_words_are_sealed_and_go_with_the_words_of_the_case(hotline: Hotline) -> None:
    staff = await people(hotline)
    office = await asked(hotline, staff)
    await office.step("grant")
    await office.send(staff["ha"])
    await office.answer(staff["ha"], "accept", "ghi chú")
    row, held = await office.row(), await hotline.conversation(office.case_id)
    assert held.sealer.open(body_place(office.id), row.body_sealed)["account"] == WORDS.account
    assert CANARY.encode() not in b"".join(
        value for value in (row.body_sealed, row.packet_sealed, row.answer_sealed) if value
    )
    async with hotline.database.transaction() as unit:
        lease = (await hotline.row(office.case_id)).lease
        await contact.close(
            unit, VAULT, staff["lan"], office.case_id, lease=lease, outcome="referred", summary="", now=hotline.now
        )
    hotline.pass_time(timedelta(days=6 * 365).total_seconds())
    await clocks.run(hotline.database, VAULT, Terms(), hotline.now)
    row = await office.row()
    assert (row.body_sealed, row.reason_sealed, row.packet_sealed, row.answer_sealed) == (None, None, None, None)
    assert (row.state, row.basis) == ("accepted", "consent")
    async with hotline.database.transaction() as unit:
        [shown] = (await rows.read_case(unit, VAULT, staff["an"], office.case_id, hotline.now)).found
    assert (shown.words, shown.answers) == (Words(), ())


async def test_a_hold_keeps_the_words(lite_hotline: Hotline) -> None:
    staff = await people(lite_hotline)
    office = await asked(lite_hotline, staff)
    async with lite_hotline.database.transaction() as unit:
        await holds.add(unit, office.case_id, reason="court", by="an", now=lite_hotline.now)
    await lite_hotline.withdraw(office.case_id)
    assert (await office.row()).body_sealed is not None


async def test_withdrawing_before_the_claim_erases_the_words(lite_hotline: Hotline) -> None:
    staff = await people(lite_hotline)
    office = Office(lite_hotline, await lite_hotline.child())
    await office.draft(staff["lan"])
    await lite_hotline.withdraw(office.case_id)
    assert (await office.row()).body_sealed is None
    with pytest.raises(NotNow):
        await Office(lite_hotline, office.case_id).draft(staff["lan"], "health")


async def test_everything_of_one_person_is_taken_back_and_of_the_other_nothing(lite_hotline: Hotline) -> None:
    staff = await people(lite_hotline)
    office = await asked(lite_hotline, staff)
    await office.step("grant")
    held = await lite_hotline.conversation(office.case_id)
    for role, state in (("parent", "draft"), ("child", "stopped")):
        async with lite_hotline.database.transaction() as unit:
            await asking.withdraw_all(unit, held.id, role, lite_hotline.now)
        assert (await office.row()).state == state


async def test_what_the_trail_knows_is_ids_and_words_of_ours(lite_hotline: Hotline) -> None:
    staff = await people(lite_hotline)
    office = await asked(lite_hotline, staff)
    entries = await lite_hotline.rows(trail_table, stream=f"case:{office.case_id}")
    details = [json.loads(entry.detail) for entry in entries if entry.action == "referral.drafted"]
    assert details == [{"case": office.case_id, "referral": office.id, "receiver": "school", "urgent": False}]
