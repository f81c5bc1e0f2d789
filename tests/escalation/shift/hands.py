"""What the shift does, as verbs on a hotline: present, picking, handing over, listening."""

from escalation import queue
from escalation.permissions import Staff
from escalation.shift import handover, listening, load, picking
from escalation.shift.handover import Handover
from escalation.shift.limits import Limits
from escalation.shift.load import Load
from store import conversations
from tests.escalation.hotline import Hotline
from tests.store.keys import VAULT

LIMITS = Limits()


async def present(hotline: Hotline, *members: Staff) -> None:
    async with hotline.database.transaction() as unit:
        for member in members:
            await queue.mark_present(unit, member, hotline.now)


async def take_next(hotline: Hotline, staff: Staff, limits: Limits = LIMITS) -> str | None:
    async with hotline.database.transaction() as unit:
        taken = await picking.take_next(unit, VAULT, staff, limits, hotline.now)
    return taken[0] if taken is not None else None


async def pick(hotline: Hotline, staff: Staff, case_id: str, reason: str = "", words: str = "") -> int:
    async with hotline.database.transaction() as unit:
        return await picking.pick(
            unit, VAULT, staff, case_id, reason=reason, words=words, limits=LIMITS, now=hotline.now
        )


async def carried(hotline: Hotline, staff: Staff) -> Load:
    async with hotline.database.reading() as unit:
        return await load.load_of(unit, staff.id, LIMITS, hotline.now)


async def offer(
    hotline: Hotline, giver: Staff, case_id: str, lease: int, taker: Staff, note: str = "em đang bình tĩnh"
) -> None:
    async with hotline.database.transaction() as unit:
        await handover.offer(unit, VAULT, giver, case_id, lease=lease, to_id=taker.id, note=note, now=hotline.now)


async def accept(hotline: Hotline, taker: Staff, case_id: str) -> int:
    async with hotline.database.transaction() as unit:
        return await handover.accept(unit, VAULT, taker, case_id, LIMITS, hotline.now)


async def decline(hotline: Hotline, taker: Staff, case_id: str) -> None:
    async with hotline.database.transaction() as unit:
        await handover.decline(unit, VAULT, taker, case_id, hotline.now)


async def recall(hotline: Hotline, giver: Staff, case_id: str, lease: int) -> None:
    async with hotline.database.transaction() as unit:
        await handover.recall(unit, giver, case_id, lease, hotline.now)


async def give(
    hotline: Hotline, giver: Staff, case_id: str, lease: int, taker: Staff | None, note: str = "bàn giao"
) -> None:
    async with hotline.database.transaction() as unit:
        await handover.give(
            unit,
            VAULT,
            giver,
            case_id,
            lease=lease,
            to_id=taker.id if taker is not None else None,
            note=note,
            limits=LIMITS,
            now=hotline.now,
        )


async def take_over(hotline: Hotline, supervisor: Staff, case_id: str) -> int:
    async with hotline.database.transaction() as unit:
        return await handover.take_over(unit, VAULT, supervisor, case_id, LIMITS, hotline.now)


async def whisper(hotline: Hotline, supervisor: Staff, case_id: str, text: str) -> None:
    async with hotline.database.transaction() as unit:
        await listening.whisper(unit, VAULT, supervisor, case_id, text, hotline.now)


async def last_handover(hotline: Hotline, case_id: str) -> Handover | None:
    row = await hotline.row(case_id)
    async with hotline.database.reading() as unit:
        held = await conversations.read(unit, VAULT, row.conversation_id)
        return await handover.newest(unit, held, row)
