"""The check on referrals finds every way in which one could leave without a yes or two hands, and passes the rest."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.simulation.checks.broken import Broken
from bot.simulation.checks.referrals import Referrals
from escalation.referrals.tables import referral
from escalation.tables import consent
from store.database import Database

pytest_plugins = ("tests.store.databases",)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HANDS = {"ground": "urgent_19_1_a", "reason_by": "lan", "reason_sealed": b"x", "signed_by": "an", "signed_at": NOW}


async def sent(lite: Database, *decisions: tuple[str, str, datetime], **fields: Any) -> Any:
    """Write a referral that was sent, and what the ledger says; returns a world to look at."""
    values = {"asking": "granted", "asked_at": NOW, "wants_news": False, "urgent": False, "version": 2, **fields}
    async with lite.transaction() as unit:
        await unit.execute(
            referral.insert().values(
                id="r", case_id="c", conversation_id="k", role="child", receiver="school", state="sent", fields="",
                by="lan", at=NOW, changed_at=LATER, sent_at=LATER, **values,
            )
        )  # fmt: skip
        for number, (receiver, decision, at) in enumerate(decisions, 1):
            await unit.execute(
                consent.insert().values(
                    conversation_id="k", number=number, pseudonym="nhim-1", item="referral", decision=decision,
                    wording="w", audience="11-14", channel="web", message_seq=number, case_id="c", at=at,
                    receiver=receiver,
                )
            )  # fmt: skip
    return SimpleNamespace(database=lite, numbers={"k": 1})


@pytest.mark.parametrize(
    ("decisions", "fields"),
    [
        ((), {}),
        ((("police", "granted", NOW),), {}),  # a yes to somebody else
        ((("school", "refused", NOW),), {}),
        ((("school", "granted", NOW), ("school", "withdrawn", NOW + timedelta(minutes=1))), {}),
        ((("school", "granted", NOW - timedelta(days=1)),), {}),  # a yes to an older question
        ((("school", "granted", LATER + timedelta(hours=1)),), {}),  # a yes that came too late
        ((), {**HANDS, "signed_by": "lan"}),
        ((), {**HANDS, "signed_at": LATER + timedelta(seconds=1)}),
        ((), {**HANDS, "reason_sealed": None}),
    ],
)
async def test_what_left_without_a_yes_or_two_hands_is_found(
    lite: Database, decisions: tuple[tuple[str, str, datetime], ...], fields: dict[str, Any]
) -> None:
    world = await sent(lite, *decisions, **fields)
    with pytest.raises(Broken, match="never_3_sent_without_yes"):
        await Referrals().check_all(world)


@pytest.mark.parametrize(
    ("decisions", "fields"),
    [
        ((("school", "granted", NOW),), {}),
        ((("school", "granted", NOW), ("school", "withdrawn", LATER + timedelta(minutes=1))), {}),  # after it left
        ((), HANDS),
    ],
)
async def test_what_left_rightly_passes(
    lite: Database, decisions: tuple[tuple[str, str, datetime], ...], fields: dict[str, Any]
) -> None:
    await Referrals().check_all(await sent(lite, *decisions, **fields))
