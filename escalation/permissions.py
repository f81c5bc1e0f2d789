"""Who may do what: one table of roles, and one rule of areas. Every page, list and API asks here."""

from dataclasses import dataclass
from typing import Literal

from escalation.errors import NotAllowed

Role = Literal["counsellor", "supervisor", "coordinator", "analyst", "admin", "auditor"]
Action = Literal[
    "queue.view",
    "case.view",
    "case.claim",
    "case.reply",
    "case.close",
    "case.take_over",
    "case.sign",
    "complaint.read",
    "staff.manage",
    "trail.view",
    "case.note",
    "case.break_glass",
    "case.transfer",
    "case.whisper",
    "lobby.view",
    "shift.view",
    "shift.manage",
    "casefile.write",
    "casefile.sign",
    "casefile.export",
    # referrals
    "referral.view",
    "referral.draft",
    "referral.sign",
    "referral.send",
    "referral.list",
    "task.view",
    "task.do",
    "task.assign",
]
NATIONAL = "national"

POLICY: dict[Role, frozenset[Action]] = {
    "counsellor": frozenset(
        {
            "queue.view",
            "case.view",
            "case.claim",
            "case.reply",
            "case.close",
            "case.note",
            "case.transfer",
            "lobby.view",
            "casefile.write",
            "casefile.sign",
            "casefile.export",
            "referral.view",
            "referral.draft",
            "task.view",
            "task.do",
        }
    ),
    "supervisor": frozenset(
        {
            "queue.view",
            "case.view",
            "case.claim",
            "case.reply",
            "case.close",
            "case.take_over",
            "case.sign",
            "complaint.read",
            "trail.view",
            "case.note",
            "case.break_glass",
            "case.transfer",
            "case.whisper",
            "lobby.view",
            "shift.view",
            "shift.manage",
            "casefile.write",
            "casefile.sign",
            "casefile.export",
            "referral.view",
            "referral.draft",
            "referral.sign",
            "referral.send",
            "referral.list",
            "task.view",
            "task.do",
            "task.assign",
        }
    ),
    "coordinator": frozenset({"case.break_glass", "referral.view", "referral.send", "referral.list"}),
    "analyst": frozenset(),
    "admin": frozenset({"staff.manage"}),
    "auditor": frozenset({"trail.view"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A signed-in member of staff."""

    id: str
    name: str
    display_name: str
    role: Role
    area: str  # "national" or province names separated by ";"


def may(staff: Staff, action: Action) -> bool:
    """Tell whether the role allows the action at all."""
    return action in POLICY[staff.role]


def require(staff: Staff, action: Action) -> None:
    """Raise NotAllowed unless the role allows the action."""
    if not may(staff, action):
        raise NotAllowed


def in_area(staff: Staff, case_area: str | None) -> bool:
    """Tell whether a case of `case_area` belongs to this person; a case without area belongs to everyone."""
    if case_area is None or staff.area == NATIONAL:
        return True
    return case_area.casefold().strip() in {part.casefold().strip() for part in staff.area.split(";")}
