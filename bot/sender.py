"""Sends what committed turns said to the messengers that are written to; the web chat fetches its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot import metrics, silence
from bot.channels.port import Channel, ChannelError, OutgoingChoice, OutgoingMessage
from escalation import cases
from store import conversations, outbox
from store.clock import Clock
from store.database import Database
from store.outbox import Outgoing
from store.vault import Vault

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Delivers outbox rows in the order of each conversation."""

    database: Database
    vault: Vault
    clock: Clock
    channels: Mapping[str, Channel]

    async def send(self) -> bool:
        """Deliver one row; returns whether there was one to deliver."""
        async with self.database.transaction() as unit:
            now = self.clock.now()
            claimed = await outbox.claim(unit, self.vault, tuple(self.channels), now)
            if claimed is not None and await silence.is_out_of_place(unit, self.vault, claimed[0], now):
                await outbox.cancel(unit, claimed[0].conversation_id, claimed[0].seq)
                return True
        if claimed is None:
            return False
        row, address = claimed
        try:
            message_id = await self._deliver(row, address)
        except ChannelError as error:
            await self._failed(row, error)
        except Exception as error:  # noqa: BLE001  # whatever a messenger's library raises is a passing failure
            log.error("send_failed", channel=row.channel, error=type(error).__name__)
            await self._failed(row, ChannelError("unknown", permanent=False))
        else:
            async with self.database.transaction() as unit:
                await outbox.mark_sent(unit, row.conversation_id, row.seq, self.clock.now(), message_id)
            metrics.SENT.labels(channel=row.channel).inc()
        return True

    async def _deliver(self, row: Outgoing, address: str) -> str | None:
        channel = self.channels[row.channel]
        if row.kind == outbox.DELETE:
            # What the person sent is known since the turn; of ours, the last may have been on its way until just now.
            await channel.delete(address, [*row.body["ids"], *await self._shown(row)])
            return None
        message = OutgoingMessage(
            text=row.body["text"],
            choices=tuple(_choice(choice) for choice in row.body["choices"]),
            name=row.body["name"],
            protect=row.body["protect"],
            picture=row.body.get("picture"),
        )
        return await channel.send(address, message)

    async def _shown(self, row: Outgoing) -> list[str]:
        since = self.clock.now() - outbox.DELETABLE
        async with self.database.reading() as unit:
            return await outbox.shown_on_channel(unit, row.conversation_id, before_seq=row.seq, since=since)

    async def _failed(self, row: Outgoing, error: ChannelError) -> None:
        metrics.SEND_FAILURES.labels(channel=row.channel, permanent=str(error.permanent).lower()).inc()
        async with self.database.transaction() as unit:
            await conversations.hold(unit, row.conversation_id)  # before its row and its case, as a turn does
            now = self.clock.now()
            if error.permanent:
                await outbox.park(unit, row.conversation_id, row.seq)
                parked = True
            else:
                parked = await outbox.put_off(unit, row, now, wait_seconds=error.retry_after_seconds)
            case_id = await conversations.case_of(unit, row.conversation_id, row.seq) if parked else None
            if case_id is not None:
                # The counsellor must know loudly that the child has not received this.
                await cases.raise_alert(unit, case_id, "undelivered", now)


def _choice(choice: Mapping[str, Any]) -> OutgoingChoice:
    # Rows that an older version wrote have no number.
    return OutgoingChoice(id=choice["id"], label=choice["label"], number=choice.get("number"))
