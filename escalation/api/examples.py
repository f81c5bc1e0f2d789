"""One example of every body and answer of the API, as it stands in the description; all of it is made up."""

from typing import Any

_CASE = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
_TASK = "1b2c3d4e5f60718293a4b5c6d7e8f90a"
_REFERRAL = "2c3d4e5f60718293a4b5c6d7e8f90a1b"
_LAN = "3d4e5f60718293a4b5c6d7e8f90a1b2c"
_NAM = "4e5f60718293a4b5c6d7e8f90a1b2c3d"
_OPENED = "2026-11-22T08:00:00Z"
_LATER = "2026-11-22T20:00:00Z"

_ENTRY: dict[str, Any] = {
    "id": _CASE,
    "state": "waiting",
    "urgency": "high",
    "harms": ["cyberbullying"],
    "subject": "self",
    "band": "11-14",
    "audience": "11-14",
    "channel": "web",
    "basis": "consent",
    "agreed": None,
    "reason_written": None,
    "signed": None,
    "sign_due_at": None,
    "area": "Thành phố Hải Phòng",
    "front": False,
    "owner": None,
    "waiting_since": _OPENED,
    "target_at": "2026-11-22T08:05:00Z",
    "opened_at": _OPENED,
    "first_reply_at": None,
    "reasons": [],
    "standing": "in_time",
}
_COUNT = {"urgency": "high", "count": 4}
_LEFT = {"standing": "in_time", "work_days": 0, "days": 0}
_TASK_SHOWN: dict[str, Any] = {
    "id": _TASK,
    "case_id": _CASE,
    "kind": "urgent_assessment",
    "state": "open",
    "version": 1,
    "counts_from": _OPENED,
    "due_at": _LATER,
    "assignee_id": None,
    "made_by": "system",
    "ended_by": None,
    "ended_at": None,
    "title": "",
    "note": "",
    "left": _LEFT,
}
_REFERRAL_SHOWN: dict[str, Any] = {
    "id": _REFERRAL,
    "case_id": _CASE,
    "receiver": "commune",
    "state": "sent",
    "version": 4,
    "urgent": True,
    "fields": ["area", "account"],
    "by": _LAN,
    "at": _OPENED,
    "changed_at": "2026-11-22T09:00:00Z",
    "asking": "granted",
    "wants_news": True,
    "gate": "consent",
    "basis": "consent",
    "sent_by": _NAM,
    "sent_at": "2026-11-22T09:00:00Z",
    "sent_how": "system",
    "due_at": _LATER,
    "late": False,
}
_SERVICE: dict[str, Any] = {
    "id": "111",
    "number": "111",
    "label": "Tổng đài quốc gia bảo vệ trẻ em",
    "note": "",
    "who": "",
    "hours": "24/7",
    "free": True,
    "province": None,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "PresenceBody": {"on": True},
    "LeaseBody": {"lease": 3},
    "MessageBody": {"lease": 3, "id": "m-1", "text": "Chào em, cô đang ở đây."},
    "CloseBody": {"lease": 3, "outcome": "advised", "summary": "Em đã nói với cô giáo.", "follow_up": True},
    "ReasonBody": {"lease": 3, "text": "Có người đang đe dọa em."},
    "PickBody": {"reason": "language", "words": ""},
    "TransferBody": {"lease": 3, "way": "warm", "to": _NAM, "note": "Em muốn nói chuyện với một cô."},
    "WhisperBody": {"text": "Hỏi em có đang an toàn không."},
    "SearchBody": {"harm": "cyberbullying", "since": "2026-11-01"},
    "TrailBody": {"number": "0a1b2c", "action": "case.viewed"},
    "PlaceBody": {"text": "Hải Phòng"},
    "VersionBody": {"version": 2},
    "FinishBody": {"version": 1, "note": "Đã gọi cho xã."},
    "DropBody": {"version": 1, "note": "Xã đã làm trước đó."},
    "GiveBody": {"version": 1, "to": _NAM},
    "AssignBody": {"to": _NAM},
    "TaskBody": {"title": "Gọi lại cho em", "due_at": "2026-11-23T09:00:00+07:00"},
    "SendBody": {"version": 3, "how": "system"},
    "AnswerBody": {"version": 4, "event": "accept", "text": "Đã cử người đến nhà."},
    "Failure": {"error": "You no longer hold this case. Nothing was sent."},
    "Lease": {"lease": 3},
    "Taken": {"lease": 3, "case": _CASE},
    "Entry": _ENTRY,
    "Case": {
        "case": _ENTRY | {"state": "claimed", "owner": _LAN},
        "lease": 3,
        "items": {"nickname": "Thỏ"},
        "decisions": {"conversation": "granted", "nickname": "granted"},
        "grounds": ["duty_19_1_dd_51"],
        "purposes": ["advice", "protection"],
        "lines": [
            {
                "seq": 4,
                "author": "child",
                "text": "Các bạn lập nhóm chê em.",
                "at": _OPENED,
                "evidence": [{"start": 0, "end": 24}],
                "name": None,
                "delivery": None,
            }
        ],
        "held": 0,
        "closed_at": None,
        "outcome": None,
        "opens_at_claim": False,
        "follow_up": None,
        "window": None,
    },
    "CountShown": _COUNT,
    "Shift": {
        "people": [
            {
                "staff": _LAN,
                "name": "Cô Lan",
                "here": "ready",
                "children": 1,
                "most": 3,
                "grave_in_row": 0,
                "break_until": None,
            }
        ],
        "free": 1,
        "waiting": 0,
        "going": 1,
        "longest_since": None,
        "soon": 0,
        "late": 0,
        "lobby": [_COUNT],
    },
    "HitsShown": {
        "found": [
            {
                "case_id": _CASE,
                "state": "closed",
                "urgency": "high",
                "harms": ["cyberbullying"],
                "subject": "self",
                "band": "11-14",
                "audience": "11-14",
                "basis": "consent",
                "area": None,
                "owner_id": _LAN,
                "opened_at": _OPENED,
                "closed_at": _LATER,
                "outcome": "advised",
            }
        ],
        "more": False,
    },
    "TrailShown": {
        "entries": [
            {
                "at": _OPENED,
                "stream": f"case:{_CASE}",
                "number": 2,
                "actor": _LAN,
                "action": "case.viewed",
                "detail": {"case": _CASE},
                "hash": "0" * 64,
            }
        ],
        "older": None,
        "broken": [],
    },
    "DirectoryShown": {"place": "Hải Phòng", "was": None, "readings": [], "here": [], "everywhere": [_SERVICE]},
    "TaskShown": _TASK_SHOWN,
    "TaskListed": {"task": _TASK_SHOWN, "urgency": "high", "band": "11-14", "audience": "11-14", "owner": _LAN},
    "ReferralShown": _REFERRAL_SHOWN,
    "ReferralOpened": {
        "referral": _REFERRAL_SHOWN,
        "words": {"request": "Mong xã đến thăm em.", "account": "Em bị bạn đe dọa.", "done_before": ""},
        "answers": [{"event": "accept", "text": "Đã nhận.", "at": _LATER, "by": _NAM}],
    },
}
