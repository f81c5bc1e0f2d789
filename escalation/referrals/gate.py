"""The gate that every referral passes before anything leaves: the child's yes to this receiver, or a signed ground.

Law 91/2025/QH15 art. 9 (consent) and art. 19.1 (without it): (a) urgent protection of life, health, honour, dignity;
(b) an emergency, preventing crime; (c) the work of state bodies; (đ) another law, here art. 51 of the Law on Children
102/2016/QH13. A ground is a person's judgement: it has a written reason, and a second person signs it. Pure.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from escalation.referrals.machine import Asking

GroundWord = Literal["urgent_19_1_a", "crime_19_1_b", "state_19_1_c", "duty_19_1_dd_51"]
GROUND_WORDS: tuple[GroundWord, ...] = get_args(GroundWord)
Basis = Literal["consent", "ground"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """The newest decision of the child about this receiver, as the ledger has it."""

    decision: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything the gate looks at."""

    asking: Asking
    asked_at: datetime | None
    ledger: Yes | None
    ground: str | None
    reason_by: str | None
    signed_by: str | None


def basis_of(standing: Standing) -> Basis | None:
    """Return on what the referral may leave, or None while the gate is shut.

    Both the referral's own row and the ledger have to know of the yes, and it has to answer this referral's question:
    an older yes to the same receiver was about another matter.
    """
    if _is_agreed(standing):
        return "consent"
    return "ground" if _is_signed(standing) else None


def _is_agreed(standing: Standing) -> bool:
    if standing.asking != "granted" or standing.asked_at is None or standing.ledger is None:
        return False
    return standing.ledger.decision == "granted" and standing.ledger.at >= standing.asked_at


def _is_signed(standing: Standing) -> bool:
    if standing.ground not in GROUND_WORDS or standing.reason_by is None or standing.signed_by is None:
        return False
    return standing.signed_by != standing.reason_by
