"""Referrals in the simulator: a counsellor refers the child it holds, a supervisor carries one a step further.

A supervisor tries to send whatever is a draft, also where the gate is shut: that it holds is what the check looks at.
"""

from datetime import datetime

from sqlalchemy import select

from escalation.permissions import Staff
from escalation.referrals import asking, drafting, sending
from escalation.referrals.machine import OPEN, answers_to
from escalation.referrals.receivers import RECEIVERS, our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral
from store.database import Transaction
from store.vault import Vault

_WORDS = Words(request="xin giúp em", account="em cần được bảo vệ")
_BY_LAW = 4  # one in so many stands on a ground of law instead of the child's yes


def asks_child(drawn: int) -> bool:
    """Tell whether a referral waits for the child's yes, which only its own counsellor asks for."""
    return drawn % _BY_LAW != 0


async def refer(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, lease: int, drawn: int, now: datetime
) -> None:
    """Draft a referral for the child that is held; ask it, or write down a ground of law."""
    receiver = our_receivers()[RECEIVERS[drawn % len(RECEIVERS)]]
    found = await drafting.draft(
        unit, vault, staff, case_id, receiver, urgent=drawn % 2 == 0, fields=frozenset(), words=_WORDS, now=now
    )
    if not asks_child(drawn):
        ground, text = "urgent_19_1_a", "có nguy cơ ngay"
        await drafting.write_reason(unit, vault, staff, case_id, found, version=1, ground=ground, text=text, now=now)
    else:
        await asking.ask(unit, vault, staff, case_id, found, lease=lease, version=1, now=now)


async def next_of(unit: Transaction, drawn: int) -> tuple[str, str] | None:
    """Return case and id of one of the open referrals."""
    open_ones = select(referral.c.case_id, referral.c.id).where(referral.c.state.in_(OPEN)).order_by(referral.c.at)
    found = (await unit.execute(open_ones)).all()
    return (found[drawn % len(found)].case_id, found[drawn % len(found)].id) if found else None


async def proceed(
    unit: Transaction, vault: Vault, staff: Staff, case_id: str, referral_id: str, drawn: int, now: datetime
) -> None:
    """Sign it, send it, or note an answer: whatever it waits for."""
    row = (await unit.execute(select(referral).where(referral.c.id == referral_id))).one()
    told = {"version": row.version, "now": now}
    answers = answers_to(row.state)
    if answers:
        event = answers[drawn % len(answers)]
        await sending.answer(unit, vault, staff, case_id, referral_id, our_receivers(), event=event, text="", **told)
    elif row.reason_by is not None and row.signed_by is None and row.asking != "granted":
        await drafting.sign(unit, vault, staff, case_id, referral_id, **told)
    else:
        await sending.send(unit, vault, staff, case_id, referral_id, our_receivers(), how="letter", **told)
