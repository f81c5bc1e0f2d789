"""A system beside the desk in the API: it gives children to counsellors, and what it is told of cases, by webhook."""

from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from escalation.api.bodies import Body, Lease
from escalation.api.edge import CALLER, body, shown
from escalation.api.operation import Operation
from escalation.desk.services import SERVICES
from escalation.outside.announcing import EventKind
from escalation.outside.assigning import assign as give
from escalation.permissions import require
from escalation.vital import Basis

_CASE = "3f2a9c0d4b6e4f1a8c7d5e6f7a8b9c0d"
_STAFF = "b1946ac92492d2347c6235b4d2611184"


class AssignBody(Body):
    """Who gets the child: the id of a counsellor who is at the desk now, as `GET /shift` has it."""

    to: str = Field(min_length=1, max_length=32)


class CaseEvent(BaseModel):
    """What has just happened to a case: ids, words of ours and times, as they were then; no word of anybody.

    `id` is the same when it comes again, `number` rises in each case, `owner` is who has the child.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": f"{_CASE}-case-2",
                    "type": "case",
                    "kind": "claimed",
                    "case": _CASE,
                    "number": 2,
                    "at": "2026-11-22T08:00:41+00:00",
                    "state": "claimed",
                    "urgency": "high",
                    "harms": ["cyberbullying"],
                    "band": "11-14",
                    "basis": "consent",
                    "owner": _STAFF,
                    "opened_at": "2026-11-22T08:00:00+00:00",
                    "waiting_since": "2026-11-22T08:00:00+00:00",
                    "target_at": "2026-11-22T08:05:00+00:00",
                    "claimed_at": "2026-11-22T08:00:41+00:00",
                    "first_reply_at": None,
                    "closed_at": None,
                }
            ]
        },
    )

    id: str
    type: Literal["case"]
    kind: EventKind
    case: str
    number: int
    at: datetime
    state: Literal["waiting", "claimed", "closed", "withdrawn"]
    urgency: Literal["moderate", "high", "emergency"]
    harms: tuple[str, ...]
    band: Literal["6-10", "11-14", "15-17"] | None
    basis: Basis
    owner: str | None
    opened_at: datetime
    waiting_since: datetime
    target_at: datetime
    claimed_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None


async def assign(request: web.Request) -> web.Response:
    """Give a waiting child to a counsellor who is present, where the queue is external; twice to the same is once."""
    services, staff = request.config_dict[SERVICES], request[CALLER]
    require(staff, "case.assign")
    sent = await body(request, AssignBody)
    async with services.database.transaction() as unit:
        lease = await give(
            unit,
            services.vault,
            staff,
            request.match_info["case_id"],
            to_id=sent.to,
            owner=services.queue,
            limits=services.limits,
            now=services.clock.now(),
        )
    return shown(Lease(lease=lease))


def webhooks(reference: str) -> dict[str, Any]:
    """Return what is sent to the other system, for the description; `reference` leads to the schema of a model."""
    schema = {"$ref": reference.format(model=CaseEvent.__name__)}
    told = {
        "operationId": "case_event",
        "summary": "Something happened to a case: at least once, each case in order.",
        "description": "Khien-Signature: t=<seconds>,v1=<HMAC-SHA-256 of `<t>.<body>` under the shared secret>.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
            for name in ("Khien-Id", "Khien-Signature")
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"2XX": {"description": "Taken; anything else makes it come again."}},
        "security": [],
    }
    return {"case": {"post": told}}


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="assign",
        method="POST",
        path="/cases/{case_id}/assign",
        view=assign,
        sends=AssignBody,
        answers=Lease,
        refusals=(403, 404, 409, 413, 422),
    ),
)
