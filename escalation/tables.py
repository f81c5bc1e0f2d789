"""The hotline's tables: cases, consent, staff, the trail. What a child said, its name, phone and area are sealed."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

import escalation.casefile.tables
import escalation.preferences
import escalation.tasks.tables
import escalation.writing.tables  # noqa: F401  # with the others: they belong to the same metadata
from escalation.referrals import tables as _referrals  # noqa: F401
from escalation.shift import tables as _shift  # noqa: F401
from store.tables import metadata
from store.types import UtcDateTime

cases = Table(
    "cases",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(10), nullable=False),  # waiting | claimed | closed | withdrawn
    Column("urgency", String(10), nullable=False),
    Column("harms", String(200), nullable=False),  # words of the safety protocol, separated by spaces
    Column("subject", String(12), nullable=False),
    Column("band", String(6)),
    Column("audience", String(8), nullable=False),
    Column("role", String(8), nullable=False),  # child | parent: two people may share one phone
    Column("basis", String(16), nullable=False),  # consent | vital_interest
    Column("ground", String(120), nullable=False),  # words of `escalation.grounds`, beside a yes or without one
    Column("purposes", String(60)),  # what it may be used for, in the same words; None for a case of before them
    Column("from_seq", Integer, nullable=False),  # the first message that the child agreed to share
    Column("items_sealed", LargeBinary),  # nickname, area, phone, each only when agreed
    Column("owner_id", String(32)),
    Column("lease", Integer, nullable=False),  # fencing token: rises at every claim
    Column("lease_until", UtcDateTime),
    Column("front", Boolean, nullable=False),  # goes before its equals: it was left without an answer
    Column("opened_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("last_reply_at", UtcDateTime),
    Column("last_child_at", UtcDateTime),
    Column("alerted_at", UtcDateTime),  # the supervisor was told of the present delay
    Column("closed_at", UtcDateTime),
    Column("outcome", String(32)),
    Column("summary_sealed", LargeBinary),
    # Of a case opened without a yes (basis vital_interest); nothing else has them.
    Column("agreed_at", UtcDateTime),  # the yes that came later
    Column("reason_sealed", LargeBinary),  # why it was read without one, in the counsellor's words
    Column("reason_by", String(32)),
    Column("reason_at", UtcDateTime),
    Column("sign_due_at", UtcDateTime),  # until when a supervisor signs
    Column("signed_by", String(32)),
    Column("signed_at", UtcDateTime),
)
Index("ix_cases_state", cases.c.state, cases.c.waiting_since)
Index("ix_cases_conversation_id", cases.c.conversation_id)
# One open case for each person: a child can never stand twice in the queue.
Index(
    "uq_cases_open",
    cases.c.conversation_id,
    cases.c.role,
    unique=True,
    sqlite_where=cases.c.state.in_(("waiting", "claimed")),
    postgresql_where=cases.c.state.in_(("waiting", "claimed")),
)

consent = Table(
    "consent",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("pseudonym", String(16), nullable=False),
    Column("item", String(12), nullable=False),  # conversation | nickname | area | phone | referral
    Column("receiver", String(16), nullable=False, default=""),  # of a referral: who it is about
    Column("decision", String(9), nullable=False),  # granted | refused | withdrawn
    Column("wording", String(80), nullable=False),
    Column("audience", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("message_seq", Integer, nullable=False),
    Column("case_id", String(32)),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "message_seq", "item", "decision", "receiver", name="uq_consent_once"),
)

alert = Table(
    "alert",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column(
        "kind", String(24), nullable=False
    ),  # late_first_reply, silence, lease_lost, raised, undelivered, withdrawn, unsigned, other_asked, child_*, ...
    Column("at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
)

Index("ix_alert_at", alert.c.at)

# Whom a person shall not be given to again. It holds for every case of that person.
restriction = Table(
    "restriction",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("role", String(8), primary_key=True),
    Column("staff_id", String(32), primary_key=True),
    Column("why", String(16), nullable=False),  # child_asked
    Column("case_id", String(32), nullable=False),  # in which it was asked
    Column("at", UtcDateTime, nullable=False),
)
Index("ix_restriction_staff_id", restriction.c.staff_id)

complaint = Table(
    "complaint",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("case_id", String(32)),  # the newest one of this person then
    Column("role", String(8), nullable=False),
    Column("audience", String(8), nullable=False),
    Column("urgency", String(10), nullable=False),  # of a disclosure in it, else none
    Column("about", Text, nullable=False),  # ids of all who had a case of this person, separated by spaces
    Column("body_sealed", LargeBinary),  # empty once its writer or the term erased it
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Column("read_by", String(32)),
)
Index("ix_complaint_conversation_id", complaint.c.conversation_id)
Index("ix_complaint_at", complaint.c.at)

# What was agreed on for after a talk: one row for each case in which a counsellor proposed it.
follow_up = Table(
    "follow_up",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("conversation_id", String(32), nullable=False),
    Column("role", String(8), nullable=False),
    Column("state", String(10), nullable=False),  # proposed | agreed | held | sent | refused | taken_back
    Column("proposed_by", String(32), nullable=False),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # the time that the person chose
    Column("changed_at", UtcDateTime, nullable=False),
)
Index("ix_follow_up_conversation_id", follow_up.c.conversation_id)
Index("ix_follow_up_state", follow_up.c.state, follow_up.c.due_at)

trail = Table(
    "trail",
    metadata,
    Column("stream", String(40), primary_key=True),  # case:<id>, plaint:<id> (a complaint), staff:<id> or system
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("detail", Text, nullable=False),  # JSON of ids and words of ours, never a child's text
    Column("hash", String(64), nullable=False),
)
Index("ix_trail_at", trail.c.at)
Index("ix_trail_actor", trail.c.actor, trail.c.at)

staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),  # signs in with it
    Column("display_name", String(64), nullable=False),  # what a child sees
    Column("role", String(12), nullable=False),
    Column("area", String(200), nullable=False),  # "national" or province names separated by ";"
    Column("password_hash", String(200), nullable=False),
    Column("totp_sealed", LargeBinary, nullable=False),
    Column("totp_last", Integer, nullable=False),  # the last time step used: a code works once
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("pin_hash", String(200)),  # opens a locked page of a running session, nothing else
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", String(32), ForeignKey("staff.id"), nullable=False),
    Column("kind", String(7), nullable=False),  # browser | api
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),  # the person's last own doing: a key, a pointer, a page
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("browser", String(40)),  # family and system, such as "Firefox · Windows"
    Column("locked_at", UtcDateTime),
    Column("stepped_up_at", UtcDateTime),  # the last code of the authenticator in this session
    Column("recovered_at", UtcDateTime),  # it began with a recovery code instead
    Column("pin_failures", Integer, nullable=False, server_default="0"),  # in a row
    # Of a token that does less than its owner; None: all that the owner may.
    Column("label", String(64)),  # which system uses it
    Column("actions", String(600)),  # of escalation.permissions, separated by spaces
    Column("area", String(200)),  # inside the owner's
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("key", String(64), primary_key=True),  # hash of name and address together: nobody can lock another out
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("staff_id", String(32), ForeignKey("staff.id"), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

setup_link = Table(
    "setup_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
