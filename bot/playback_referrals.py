"""What the desk does with a referral, for the player: the counsellor asks, a coordinator sends and hears the answer."""

import contextlib

from sqlalchemy import select

from bot.playback import Player, Shown
from escalation.permissions import Staff
from escalation.referrals import asking, drafting, sending
from escalation.referrals.errors import GateShut, NotNow
from escalation.referrals.receivers import our_receivers
from escalation.referrals.rows import Words
from escalation.referrals.tables import referral

_COORDINATOR = Staff(id="chi-ha", name="chi-ha", display_name="Chị Hà", role="coordinator", area="national")
_WORDS = Words(request="Xin kiểm tra và bảo vệ em.", account="Em kể rằng em bị đánh ở trường.")


async def ask(player: Player, receiver: str) -> list[Shown]:
    """Let the counsellor draft a referral in the case it holds, and ask the child about it."""
    staff = await player.counsellor()
    case_id, lease = player.held or ("", 0)
    named, fields = our_receivers().named(receiver), frozenset[str]()
    async with player.database.transaction() as unit:
        found = await drafting.draft(
            unit, player.vault, staff, case_id, named, urgent=False, fields=fields, words=_WORDS, now=player.clock.now()
        )
        await asking.ask(unit, player.vault, staff, case_id, found, lease=lease, version=1, now=player.clock.now())
    return await player.run()


async def send(player: Player) -> list[Shown]:
    """Let the coordinator hand the newest referral over; where the gate is shut nothing leaves."""
    case_id, referral_id, version = await _newest(player)
    with contextlib.suppress(GateShut, NotNow):
        async with player.database.transaction() as unit:
            await sending.send(
                unit,
                player.vault,
                _COORDINATOR,
                case_id,
                referral_id,
                our_receivers(),
                version=version,
                how="letter",
                now=player.clock.now(),
            )
    return await player.run()


async def answer(player: Player, event: str) -> list[Shown]:
    """Let the coordinator note what the receiver of the newest referral answered."""
    case_id, referral_id, version = await _newest(player)
    async with player.database.transaction() as unit:
        await sending.answer(
            unit,
            player.vault,
            _COORDINATOR,
            case_id,
            referral_id,
            our_receivers(),
            version=version,
            event=event,
            text="",
            now=player.clock.now(),
        )
    return await player.run()


async def standing(player: Player) -> str:
    """Return how far the newest referral has come, as "state asking"; nothing where there is none."""
    async with player.database.reading() as unit:
        row = (await unit.execute(select(referral).order_by(referral.c.at.desc()).limit(1))).one_or_none()
    return "" if row is None else f"{row.state} {row.asking}"


async def _newest(player: Player) -> tuple[str, str, int]:
    newest = select(referral.c.case_id, referral.c.id, referral.c.version).order_by(referral.c.at.desc()).limit(1)
    async with player.database.reading() as unit:
        row = (await unit.execute(newest)).one()
    return row.case_id, row.id, row.version
