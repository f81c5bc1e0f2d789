"""Never 3: nothing is sent to anybody outside without the child's yes to that receiver, or a ground with two hands."""

from datetime import datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import select

from bot.simulation.checks.broken import Broken
from bot.simulation.happening import Happening
from bot.simulation.world import World
from escalation.referrals.tables import referral
from escalation.tables import consent

# The rules, written down a second time on purpose.
_VIETNAM = timezone(timedelta(hours=7))
_FIRST, _LAST = time(7), time(21)


class Referrals:
    """Remembers which sendings were looked at."""

    def __init__(self) -> None:
        self._sent: set[tuple[str, datetime]] = set()

    async def check(self, world: World, happening: Happening) -> None:
        """Check what was sent in this step, and what was told."""
        for said in happening.said:
            if not said.message_id.startswith("referral.news_") or not said.push:
                continue
            if not _FIRST <= said.at.astimezone(_VIETNAM).time() < _LAST:
                raise Broken("referral_told_as_agreed", f"it was told at night ({said.at:%H:%M} UTC)", said.phone)
            before, after = happening.before[said.phone], happening.after[said.phone]
            then = before if said.at < happening.acted else after
            if then.away or then.discreet_word:
                raise Broken("hidden_is_not_pushed", "news of a referral was pushed where it is hidden", said.phone)
        if happening.act is not None and happening.act.duty == "moves_on":
            await self.check_all(world)

    async def check_all(self, world: World) -> None:
        """Check every referral that ever left."""
        async with world.database.reading() as unit:
            rows = (await unit.execute(select(referral).where(referral.c.sent_at.is_not(None)))).all()
        for row in rows:
            if (row.id, row.sent_at) not in self._sent:
                await _check_basis(world, row)
                self._sent.add((row.id, row.sent_at))


async def _check_basis(world: World, row: Any) -> None:
    if row.signed_by not in {None, row.reason_by} and row.reason_sealed is not None and row.signed_at <= row.sent_at:
        return
    mine = (consent.c.case_id == row.case_id) & (consent.c.item == "referral") & (consent.c.receiver == row.receiver)
    newest = select(consent).where(mine, consent.c.at <= row.sent_at).order_by(consent.c.number.desc()).limit(1)
    async with world.database.reading() as unit:
        yes = (await unit.execute(newest)).one_or_none()
    if yes is None or yes.decision != "granted" or row.asked_at is None or yes.at < row.asked_at:
        decided = "nothing" if yes is None else yes.decision
        words = f"a referral to {row.receiver} was sent; the ledger says {decided}, and nobody signed a ground"
        raise Broken("never_3_sent_without_yes", words, world.numbers.get(row.conversation_id))
