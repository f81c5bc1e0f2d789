"""The table of doors: for every address of the desk and of the API, which action of the policy opens it.

`test_matrix` tries each of them as every role, in and out of the area, against the child's wish, and against an id that
does not exist. A route or an action without a line here fails there: add the line with the route.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from escalation.permissions import Action

About = Literal["nothing", "case", "task", "complaint", "staff", "token"]
STALE = 7
"""A lease that nobody has: whoever may act is told that it is lost, and nothing is changed by the trying."""
GHOST = "f" * 32
FORM = "02"
"""The form of a case file that stands for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What one address asks for. `actions`: any of them opens it. `sends`: a right form or body, but for its lease.

    `asks`: what stands behind the address. `glass`: whether a grant opens this page of a case too, to be read; `bare`
    for all who may break the glass, `role` for those of them who have one of the `actions`. `elsewhere`: who may not is
    led to their own first page instead of being refused. `fenced`: the lease is asked first, so that who may not hears
    that it is lost.
    """

    actions: tuple[Action, ...]
    about: About = "nothing"
    sends: dict[str, Any] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    glass: Literal["no", "role", "bare"] = "no"
    elsewhere: bool = False
    fenced: bool = False


def door(*actions: Action, about: About = "nothing", **sends: Any) -> Door:
    return Door(actions=actions, about=about, sends=sends)


def case(*actions: Action, **sends: Any) -> Door:
    return Door(actions=actions, about="case", sends=sends)


def look(*actions: Action, glass: Literal["no", "role", "bare"] = "bare", **asks: str) -> Door:
    return Door(actions=actions, about="case", glass=glass, asks=asks)


def task(*actions: Action, **sends: Any) -> Door:
    return Door(actions=actions, about="task", sends={"version": 1, **sends})


def referral(*actions: Action, **sends: Any) -> Door:
    return Door(actions=actions, about="case", sends={"version": 1, **sends})


ANYBODY = frozenset(
    {
        "sign_in",
        "enter",
        "recover",
        "recover_enter",
        "setup",
        "set_up",
        "reset",
        "reset_begin",
        "reset_finish",
        "static",
    }
)
"""Before the door: no session is needed."""
OWN = frozenset(
    {
        "home", "sign_out", "help", "preferences", "step_up", "lock_page", "lock", "unlock", "active", "account",
        "set_pin", "set_password", "make_recovery", "begin_authenticator", "confirm_authenticator",
        "end_other_sessions", "end_session", "put_away",
    }
)  # fmt: skip
"""One's own account and page: every role has them."""
DESK: dict[str, Door] = {
    "queue": Door(actions=("queue.view",), elsewhere=True),
    "queue_events": door("queue.view"),
    "take_next": door("case.claim"),
    "presence": door("queue.view", on="1"),
    "see_alert": case("case.take_over"),
    "case": look("case.view"),
    "case_events": look("case.view"),
    "claim": case("case.claim"),
    "reply": case("case.reply", id="m", text="Chào em", lease=STALE),
    "renew": case("case.claim", lease=STALE),
    "hand_back": case("case.claim", lease=STALE),
    "close": case("case.close", outcome="advised", lease=STALE),
    "write_reason": case("case.reply", reason="vì sao", lease=STALE),
    "sign": case("case.sign"),
    "complaints": door("complaint.read"),
    "complaint": door("complaint.read", about="complaint"),
    "staff": door("staff.manage"),
    "create_staff": door(
        "staff.manage",
        name="moi",
        display_name="Mới",
        role="counsellor",
        area="national",
        password="mot cau dai de nho",
    ),
    "deactivate": door("staff.manage", about="staff"),
    "shift": door("shift.view"),
    "shift_events": door("shift.view"),
    "set_limit": door("shift.manage", about="staff", children="3"),
    "take_break": door("queue.view"),
    "ask_reason": case("case.view"),
    "pick": case("case.claim", reason="language", words=""),
    "transfer": case("case.transfer", way="queue", note="bàn giao", lease=STALE),
    "accept": case("case.claim"),
    "decline": case("case.claim"),
    "recall": case("case.transfer", lease=STALE),
    "take_over": case("case.take_over"),
    "whisper": case("case.whisper", text="nhắc"),
    "keep_draft": case("case.reply", id="m", text="đang viết"),
    "typing": case("case.reply", lease=STALE),
    "ask_to_wait": case("case.reply", id="m", lease=STALE),
    "invite_listener": case("case.reply", lease=STALE),
    "add_note": case("case.note", note="ghi chú"),
    "staff_one": door("staff.manage", about="staff"),
    "end_sessions_of": door("staff.manage", about="staff"),
    "end_session_of": door("staff.manage", about="staff"),
    "make_reset_link": door("staff.manage", about="staff"),
    "glass": door("case.break_glass", "trail.view"),
    "break_glass": door("case.break_glass", number=GHOST, reason="vì sao"),
    "casefile": look("case.view"),
    "casefile_compare": look("case.view"),
    "casefile_form": look("case.view"),
    "casefile_news": look("case.view", version="0"),
    "casefile_merge": look("case.view"),
    "casefile_quote": look("case.view", field="officer"),
    "casefile_export": look("casefile.export", glass="role"),
    "casefile_take_out": case("casefile.export", what="all", format="docx", reason="vì sao"),
    "casefile_save": case("casefile.write", version=0, officer="Cô Lan"),
    "casefile_choose": case("casefile.write", version=0),
    "casefile_quoted": case("casefile.write", field="officer", seq=1, words=""),
    "casefile_unquote": case("casefile.write", quotation=GHOST),
    "casefile_sign": case("casefile.sign", version=0),
    "quote_message": look("case.view"),
    "quote_message_in": case("casefile.write", place="01/state", words=""),
    "referral_list": door("referral.list"),
    "referrals": look("referral.view", glass="role"),
    "referral_draft": case("referral.draft", receiver="police", request="Xin giúp em"),
    "referral_change": referral("referral.draft", request="Xin giúp em"),
    "referral_ask": referral("referral.draft", lease=STALE),
    "referral_reason": referral("referral.draft", ground="urgent_19_1_a", reason="vì sao"),
    "referral_sign": referral("referral.sign"),
    "referral_packet": referral("referral.send", form="txt"),
    "referral_send": referral("referral.send", how="letter"),
    "referral_answer": referral("referral.send", event="accept", text="đã nhận"),
    "referral_drop": referral("referral.draft"),
    "tasks": Door(actions=("task.view",), asks={"of": "area"}),
    "case_tasks": look("task.view", glass="role"),
    "add_task": case("task.do", title="gọi lại", due="2026-11-30T09:00"),
    "begin_plan": case("task.do"),
    "finish_task": task("task.do"),
    "drop_task": task("task.do", note="vì sao"),
    "take_up_task": task("task.do"),
    "give_task": task("task.assign", to=GHOST),
    "timeline": look("case.view"),
    "directory": door("directory.view"),
    "directory_line": Door(actions=("case.reply",), sends={"case": GHOST}),
    "search": door("case.search"),
    "search_cases": door("case.search"),
    "trail": door("trail.view"),
    "trail_check": door("trail.view"),
    "trail_export": door("trail.export"),
    "tokens": door("token.manage"),
    "make_token": door("token.manage", owner=GHOST, label="x"),
    "revoke_token": door("token.manage", about="token"),
}
"""Every other page and form of the desk, by the name of its route."""
API: dict[str, Door] = {
    "list_cases": door("queue.view"),
    "take_next": door("case.claim"),
    "read_case": case("case.view"),
    "claim": case("case.claim"),
    "reply": case("case.reply", id="m", text="Chào em", lease=STALE),
    "renew": case("case.claim", lease=STALE),
    "hand_back": case("case.claim", lease=STALE),
    "close": case("case.close", outcome="advised", lease=STALE),
    "write_reason": case("case.reply", text="vì sao", lease=STALE),
    "sign": case("case.sign"),
    "set_presence": door("queue.view", on=True),
    "pick": case("case.claim", reason="language"),
    "transfer": case("case.transfer", way="queue", note="bàn giao", lease=STALE),
    "accept": case("case.claim"),
    "decline": case("case.claim"),
    "recall": case("case.transfer", lease=STALE),
    "take_over": case("case.take_over"),
    "whisper": case("case.whisper", text="nhắc"),
    "take_break": door("queue.view"),
    "read_shift": door("shift.view"),
    "read_lobby": door("lobby.view"),
    "search_cases": door("case.search"),
    "read_trail": door("trail.view"),
    "look_up": door("directory.view"),
    "list_tasks": door("task.view"),
    "list_area_tasks": door("task.view"),
    "case_tasks": case("task.view"),
    "add_task": case("task.do", title="gọi lại", due_at="2026-11-30T09:00:00+07:00"),
    "begin_plan": case("task.do"),
    "finish_task": task("task.do"),
    "drop_task": task("task.do", note="vì sao"),
    "take_up_task": task("task.do"),
    "give_task": task("task.assign", to=GHOST),
    "list_referrals": door("referral.list"),
    "case_referrals": case("referral.view"),
    "send_referral": referral("referral.send", how="letter"),
    "answer_referral": referral("referral.send", event="accept", text="đã nhận"),
    "assign": case("case.assign", to=GHOST),
}
"""Every operation of the API, by its name."""
NO_DOOR: dict[Action, str] = {"trail.whole": "opens nothing by itself: it widens what trail.view and trail.export show"}
