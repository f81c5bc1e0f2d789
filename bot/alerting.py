"""The ways by which alerts and events of cases leave the house, as the settings have them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.settings import Settings
from escalation.outside.announcing import CASE
from escalation.shift.limits import Limits
from escalation.shift.mail import Mail
from escalation.shift.outward import Carrier, Outgoing, Undelivered, Way
from escalation.shift.webhook import Webhook

_WAITS = (0.0, 5.0, 30.0)  # seconds before each attempt
log = structlog.get_logger("alerts")


def carriers(settings: Settings) -> dict[Way, Carrier]:
    """Return every way that is set; none is by itself."""
    found: dict[Way, Carrier] = {}
    if settings.alert_webhook_url is not None and settings.alert_webhook_secret is not None:
        secret = settings.alert_webhook_secret.get_secret_value().encode()
        found["webhook"] = Webhook(url=settings.alert_webhook_url, secret=secret)
    if settings.case_webhook_url is not None and settings.case_webhook_secret is not None:
        secret = settings.case_webhook_secret.get_secret_value().encode()
        found[CASE] = Webhook(url=settings.case_webhook_url, secret=secret)
    if settings.alert_mail_to is not None and settings.alert_mail_from is not None and settings.smtp_host is not None:
        found["mail"] = Mail(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=None if settings.smtp_password is None else settings.smtp_password.get_secret_value(),
            sender=settings.alert_mail_from,
            receivers=tuple(one.strip() for one in settings.alert_mail_to.split(",")),
            desk=settings.public_url or "",
        )
    return found


def limits(settings: Settings) -> Limits:
    """Return what one counsellor carries at once."""
    return Limits(
        children_at_once=settings.desk_children_at_once,
        grave_in_row=settings.desk_grave_in_row,
        rest=timedelta(minutes=settings.desk_rest_minutes),
    )


async def tell_operator(ways: Mapping[Way, Carrier], kind: str, now: datetime) -> None:
    """Send an alert that concerns the whole house by every way; whoever raises it raises it again while it lasts."""
    outgoing = Outgoing(case_id="", number=int(now.timestamp()), kind=kind, at=now)
    await asyncio.gather(*(_carry(way, carrier, outgoing, now) for way, carrier in ways.items()))


async def _carry(way: Way, carrier: Carrier, outgoing: Outgoing, now: datetime) -> None:
    for attempt, seconds in enumerate(_WAITS, start=1):
        await asyncio.sleep(seconds)
        try:
            await carrier.carry(outgoing, now)
        except Undelivered:
            log.warning("alert_undelivered", kind=outgoing.kind, channel=way, attempt=attempt)
        else:
            return
