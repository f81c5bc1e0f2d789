"""The table of referrals. What staff write about the child is sealed under its conversation's key."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from store.tables import metadata
from store.types import UtcDateTime

_OPEN = ("draft", "sent", "accepted", "returned")

referral = Table(
    "referral",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("role", String(8), nullable=False),  # child | parent: whose case it is
    Column("receiver", String(16), nullable=False),
    Column("state", String(8), nullable=False),  # draft | sent | accepted | refused | returned | done | stopped
    Column("version", Integer, nullable=False),  # rises with every change: a page that is older changes nothing
    Column("urgent", Boolean, nullable=False),
    Column("fields", String(120), nullable=False),  # of the packet, beside those that always go; words of ours
    Column("body_sealed", LargeBinary),  # account, request, what was done before
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),  # when it came to its present state
    # the child's own yes or no, of which the ledger has the proof
    Column("asking", String(9), nullable=False),  # unasked | asked | granted | refused | lapsed | withdrawn
    Column("asked_at", UtcDateTime),
    Column("asking_at", UtcDateTime),  # when that last changed
    Column("wants_news", Boolean, nullable=False),
    Column("told", String(8)),  # the last news that the child was shown: accepted | done
    # a ground of law instead of it
    Column("ground", String(20)),
    Column("reason_sealed", LargeBinary),
    Column("reason_by", String(32)),
    Column("reason_at", UtcDateTime),
    Column("signed_by", String(32)),
    Column("signed_at", UtcDateTime),
    # what left, and what came back
    Column("basis", String(7)),  # consent | ground: on what it was sent
    Column("packet_sealed", LargeBinary),  # as it was sent
    Column("sent_by", String(32)),
    Column("sent_at", UtcDateTime),
    Column("sent_how", String(8)),  # letter | phone | system | person
    Column("answer_sealed", LargeBinary),
    Column("answered_by", String(32)),
    Column("due_at", UtcDateTime),  # of the next step
    Column("late_at", UtcDateTime),  # the alarm for that step was raised
)
Index("ix_referral_case_id", referral.c.case_id)
Index("ix_referral_conversation_id", referral.c.conversation_id)
Index("ix_referral_due_at", referral.c.due_at)
# Nobody is asked for the same help twice at a time.
Index(
    "uq_referral_open",
    referral.c.case_id,
    referral.c.receiver,
    unique=True,
    sqlite_where=referral.c.state.in_(_OPEN),
    postgresql_where=referral.c.state.in_(_OPEN),
)
