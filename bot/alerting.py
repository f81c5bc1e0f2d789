"""The ways by which alerts and events of cases leave the house, as the settings have them."""

from datetime import timedelta

from bot.settings import Settings
from escalation.outside.announcing import CASE
from escalation.shift.limits import Limits
from escalation.shift.mail import Mail
from escalation.shift.outward import Carrier, Way
from escalation.shift.webhook import Webhook


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
