"""A case opened without a yes because somebody was in danger (basis `vital_interest`) and what it owes.

Pure. Written reason by the counsellor, second signature by a supervisor within the shift, counted for the report of
the month: safety protocol, section 3. Law 91/2025/QH15 art. 19.2 asks for the procedure and the control.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

Basis = Literal["consent", "vital_interest"]

SHIFT = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is owed for a case that was opened without a yes, and what was done of it; ids and times only."""

    agreed: bool  # the yes came later
    reason_by: str | None  # a member of staff
    sign_due_at: datetime
    signed_by: str | None
    signed_at: datetime | None

    @property
    def reason_written(self) -> bool:
        """Tell whether somebody wrote why it was read."""
        return self.reason_by is not None

    @property
    def signed(self) -> bool:
        """Tell whether a supervisor signed."""
        return self.signed_at is not None

    @property
    def signed_in_time(self) -> bool:
        """Tell whether a supervisor signed within the shift."""
        return self.signed_at is not None and self.signed_at <= self.sign_due_at


def opens_at_claim(row: Any) -> bool:
    """Tell whether the words about a case row are for whoever takes the child, and not yet for a look.

    The child has not agreed, so nobody reads what it wrote, nor what staff wrote of it, before somebody has the child.
    Conversation, case file and referrals ask here.
    """
    return row.state == "waiting" and row.basis == "vital_interest" and row.agreed_at is None


def duties_of(row: Any) -> Duties | None:
    """Return what is owed for a case row; None where the child agreed first."""
    if row.basis != "vital_interest":
        return None
    return Duties(
        agreed=row.agreed_at is not None,
        reason_by=row.reason_by,
        sign_due_at=row.sign_due_at,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
    )
