"""Who works at the desk: accounts, passwords, one-time codes, sessions, and the link that makes the first two."""

from escalation.staff.accounts import any_staff, create_staff, deactivate, find_staff, list_staff
from escalation.staff.sessions import create_api_token
from escalation.staff.setup import make_setup_link

__all__ = [
    "any_staff",
    "create_api_token",
    "create_staff",
    "deactivate",
    "find_staff",
    "list_staff",
    "make_setup_link",
]
