"""Who may do what: one table of roles, and one rule of areas. Every page, list and API asks here."""

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal, get_args

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
    "case.search",
    "directory.view",
    "trail.whole",
    "trail.export",
    "token.manage",
    "case.assign",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
NATIONAL = "national"
_KINDS = ("thành phố ", "tỉnh ")

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
            "case.search",
            "directory.view",
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
            "case.search",
            "directory.view",
            "trail.export",
            "case.assign",
        }
    ),
    "coordinator": frozenset({"case.break_glass", "referral.view", "referral.send", "referral.list", "directory.view"}),
    "analyst": frozenset(),  # aggregates only, and those come with the reports
    "admin": frozenset({"staff.manage", "token.manage"}),
    "auditor": frozenset({"trail.view", "trail.whole", "trail.export"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A signed-in member of staff."""

    id: str
    name: str
    display_name: str
    role: Role
    area: str  # "national" or province names separated by ";"
    only: frozenset[Action] | None = None  # of a token that does less than its owner


def may(staff: Staff, action: Action) -> bool:
    """Tell whether the role allows the action at all."""
    return action in POLICY[staff.role] and (staff.only is None or action in staff.only)


def require(staff: Staff, action: Action) -> None:
    """Raise NotAllowed unless the role allows the action."""
    if not may(staff, action):
        raise NotAllowed


def narrowed(staff: Staff, actions: str | None, area: str | None) -> Staff:
    """Return a member of staff with no more than these actions, and in this area as far as it is still theirs.

    `actions` are separated by spaces, the parts of `area` by ";"; None takes nothing away. Where nothing of the area
    is left, only cases without an area are.
    """
    only = None if actions is None else frozenset(action for action in ACTIONS if action in actions.split())
    still = area if area is None else ";".join(part for part in area.split(";") if in_area(staff, part))
    return replace(staff, only=only, area=staff.area if still is None else still)


def in_area(staff: Staff, case_area: str | None) -> bool:
    """Tell whether a case of `case_area` belongs to this person; a case without area belongs to everyone."""
    if case_area is None or staff.area == NATIONAL:
        return True
    return _province(case_area) in {_province(part) for part in staff.area.split(";")}


def shares_area(staff: Staff, other: Staff) -> bool:
    """Tell whether a colleague works, alone or among other places, where this person does."""
    return other.area == NATIONAL or any(in_area(staff, part) for part in other.area.split(";"))


def _province(area: str) -> str:
    """Return the bare name of the province of an area.

    A child's area ends with the province's full name of today, behind an arrow where the child wrote another one:
    "sg → Thành phố Hồ Chí Minh", "Phường Lê Chân, Thành phố Hải Phòng".
    """
    named = unicodedata.normalize("NFC", area).rpartition("→")[2].rpartition(",")[2].casefold().strip()
    return next((named.removeprefix(kind) for kind in _KINDS if named.startswith(kind)), named)
