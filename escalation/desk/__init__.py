"""The counsellor's desk: pages rendered here, live by server-sent events, each action also a plain form."""

from escalation.desk.app import desk_app
from escalation.desk.services import DeskServices

__all__ = ["DeskServices", "desk_app"]
