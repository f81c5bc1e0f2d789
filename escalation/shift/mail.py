"""Alerts by e-mail: the case's short number and what is wrong, in a sentence of ours; never a word of anybody.

The standard library's client in a thread: a mail every now and then needs no library of its own.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from escalation.desk import wording
from escalation.desk.pages import PREFIX, number
from escalation.shift.outward import Outgoing, Undelivered

_TIMEOUT_SECONDS = 10
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail server, and who writes to whom."""

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None
    sender: str
    receivers: tuple[str, ...]
    desk: str  # the desk's address from outside, or nothing

    async def carry(self, outgoing: Outgoing, now: datetime) -> None:  # noqa: ARG002 - a mail has no signature
        """Hand one alert to the mail server; raises Undelivered."""
        try:
            await asyncio.to_thread(self._send, self._written(outgoing))
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__) from None

    def _written(self, outgoing: Outgoing) -> EmailMessage:
        words = wording.words()
        of_case = bool(outgoing.case_id)
        short = words["queue"]["case"].format(number=number(outgoing.case_id)) if of_case else words["shift"]["house"]
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, ", ".join(self.receivers)
        mail["Subject"] = words["shift"]["mail_subject" if of_case else "mail_subject_house"].format(case=short)
        # The same alert twice is one message to a mailbox that knows message ids.
        mail["Message-ID"] = f"<{outgoing.id}@khien-nho>"
        place = f"{self.desk}{PREFIX}/cases/{outgoing.case_id}" if self.desk and of_case else ""
        what = words["alert"].get(outgoing.kind, words["alert"]["other"])
        when = wording.local(outgoing.at)
        mail.set_content(words["shift"]["mail_body"].format(case=short, what=what, at=when, place=place).strip() + "\n")
        return mail

    def _send(self, mail: EmailMessage) -> None:
        context = ssl.create_default_context()
        client = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=context)
            if self.security == "tls"
            else smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        )
        with client:
            if self.security == "starttls":
                client.starttls(context=context)
            if self.user is not None and self.password is not None:
                client.login(self.user, self.password)
            client.send_message(mail)
