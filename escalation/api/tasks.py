"""Tasks in the API: what is owed by oneself, in the area and for a case, and what is done with it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from escalation.api.bodies import Body, whole
from escalation.api.edge import CALLER, body
from escalation.api.operation import Operation
from escalation.desk.services import SERVICES
from escalation.tasks import doing, reading, viewing
from escalation.tasks.doing import MAX_NOTE_CHARACTERS, MAX_TITLE_CHARACTERS, Event
from escalation.tasks.law import Left, Standing
from escalation.tasks.reading import Kind, State, Task


class VersionBody(Body):
    """The version that the caller has seen; an older one is refused."""

    version: Annotated[int, BeforeValidator(whole)] = Field(ge=1, lt=2**31)


class FinishBody(VersionBody):
    """That a task is done, and what came of it."""

    note: str = Field(default="", max_length=MAX_NOTE_CHARACTERS)


class DropBody(VersionBody):
    """Why a task is not needed."""

    note: str = Field(min_length=1, max_length=MAX_NOTE_CHARACTERS, pattern=r"\S")


class GiveBody(VersionBody):
    """Whose a task becomes."""

    to: str = Field(min_length=1, max_length=32)


class TaskBody(Body):
    """A task of one's own, due ahead of now and within a year."""

    title: str = Field(min_length=1, max_length=MAX_TITLE_CHARACTERS, pattern=r"\S")
    due_at: AwareDatetime


class LeftShown(BaseModel):
    """The time that is left, or since it ran out: working days of a plan, else days; both 0 on the last day."""

    model_config = ConfigDict(from_attributes=True)

    standing: Standing
    work_days: int
    days: int


class TaskShown(BaseModel):
    """One task. Its words stand in it where its case is asked for, or where it is the caller's own."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    case_id: str
    kind: Kind
    state: State
    version: int
    counts_from: datetime
    due_at: datetime
    assignee_id: str | None
    made_by: str
    ended_by: str | None
    ended_at: datetime | None
    title: str
    note: str
    left: LeftShown | None = None

    @classmethod
    def of(cls, one: Task, left: Left | None) -> "TaskShown":
        """Return a task with the time that it has left, where it is open."""
        made = cls.model_validate(one)
        return made.model_copy(update={"left": None if left is None else LeftShown.model_validate(left)})


class TaskListed(BaseModel):
    """One open task in a list, beside what tells its case from others."""

    task: TaskShown
    urgency: Literal["moderate", "high", "emergency"]
    band: Literal["6-10", "11-14", "15-17"] | None
    audience: str
    owner: str | None


_LISTED = TypeAdapter(tuple[TaskListed, ...])
_OF_CASE = TypeAdapter(tuple[TaskShown, ...])


async def list_tasks(request: web.Request) -> web.Response:
    """List the caller's own open tasks, the most pressing first; the look goes into the trail."""
    return await _list(request, of_area=False)


async def list_area_tasks(request: web.Request) -> web.Response:
    """List the open tasks of every case in sight, the most pressing first; the look goes into the trail."""
    return await _list(request, of_area=True)


async def case_tasks(request: web.Request) -> web.Response:
    """Read the tasks of one case, ended ones too; the look goes into the trail."""
    services, now = request.config_dict[SERVICES], request.config_dict[SERVICES].clock.now()
    async with services.database.transaction() as unit:
        seen = await viewing.read_case(
            unit, services.vault, request[CALLER], request.match_info["case_id"], services.calendar, now
        )
    told = tuple(
        TaskShown.of(one, reading.left_of(one, services.calendar, now) if reading.is_open(one) else None)
        for one in seen.tasks
    )
    return web.Response(body=_OF_CASE.dump_json(told), content_type="application/json")


async def add_task(request: web.Request) -> web.Response:
    """Add a task of one's own to a case."""
    services, sent = request.config_dict[SERVICES], await body(request, TaskBody)
    async with services.database.transaction() as unit:
        await doing.add(
            unit,
            services.vault,
            request[CALLER],
            request.match_info["case_id"],
            title=sent.title,
            due_at=sent.due_at,
            now=services.clock.now(),
        )
    return _done()


async def begin_plan(request: web.Request) -> web.Response:
    """Begin the plan of the law for a case that did not ask for one by its urgency."""
    services, case_id = request.config_dict[SERVICES], request.match_info["case_id"]
    async with services.database.transaction() as unit:
        await doing.begin_plan(unit, services.vault, request[CALLER], case_id, services.clock.now())
    return _done()


async def finish_task(request: web.Request) -> web.Response:
    """Write down that a task is done."""
    sent = await body(request, FinishBody)
    return await _step(request, "finish", sent.version, sent.note)


async def drop_task(request: web.Request) -> web.Response:
    """Put a task aside for a reason."""
    sent = await body(request, DropBody)
    return await _step(request, "drop", sent.version, sent.note)


async def take_up_task(request: web.Request) -> web.Response:
    """Take a task up again that was done or put aside."""
    return await _step(request, "take_up", (await body(request, VersionBody)).version)


async def give_task(request: web.Request) -> web.Response:
    """Make a task somebody's: one's own, or as a supervisor another person's."""
    services, sent = request.config_dict[SERVICES], await body(request, GiveBody)
    async with services.database.transaction() as unit:
        await doing.give(
            unit,
            services.vault,
            request[CALLER],
            request.match_info["task_id"],
            version=sent.version,
            to_id=sent.to,
            now=services.clock.now(),
        )
    return _done()


async def _list(request: web.Request, *, of_area: bool) -> web.Response:
    services, now = request.config_dict[SERVICES], request.config_dict[SERVICES].clock.now()
    async with services.database.transaction() as unit:
        found = await reading.listed(unit, services.vault, request[CALLER], services.calendar, now, of_area=of_area)
    told = tuple(
        TaskListed(
            task=TaskShown.of(one.task, one.left),
            urgency=one.urgency,
            band=one.band,
            audience=one.audience,
            owner=one.with_id,
        )
        for one in found
    )
    return web.Response(body=_LISTED.dump_json(told), content_type="application/json")


async def _step(request: web.Request, event: Event, version: int, note: str = "") -> web.Response:
    services = request.config_dict[SERVICES]
    async with services.database.transaction() as unit:
        await doing.step(
            unit,
            services.vault,
            request[CALLER],
            request.match_info["task_id"],
            event,
            version=version,
            note=note,
            now=services.clock.now(),
        )
    return _done()


def _done() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


_WITH_BODY = (403, 404, 409, 413, 422)
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="list_tasks", method="GET", path="/tasks", view=list_tasks, answers=TaskListed, many=True, refusals=(403,)
    ),
    Operation(
        name="list_area_tasks",
        method="GET",
        path="/tasks/area",
        view=list_area_tasks,
        answers=TaskListed,
        many=True,
        refusals=(403,),
    ),
    Operation(
        name="case_tasks",
        method="GET",
        path="/cases/{case_id}/tasks",
        view=case_tasks,
        answers=TaskShown,
        many=True,
        refusals=(403, 404),
    ),
    Operation(
        name="add_task",
        method="POST",
        path="/cases/{case_id}/tasks",
        view=add_task,
        sends=TaskBody,
        empty="Added.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="begin_plan",
        method="POST",
        path="/cases/{case_id}/tasks/plan",
        view=begin_plan,
        empty="Begun; its time runs from the receipt.",
        refusals=(403, 404, 409),
    ),
    Operation(
        name="finish_task",
        method="POST",
        path="/tasks/{task_id}/finish",
        view=finish_task,
        sends=FinishBody,
        empty="Done.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="drop_task",
        method="POST",
        path="/tasks/{task_id}/drop",
        view=drop_task,
        sends=DropBody,
        empty="Put aside.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="take_up_task",
        method="POST",
        path="/tasks/{task_id}/take-up",
        view=take_up_task,
        sends=VersionBody,
        empty="Open again.",
        refusals=_WITH_BODY,
    ),
    Operation(
        name="give_task",
        method="POST",
        path="/tasks/{task_id}/give",
        view=give_task,
        sends=GiveBody,
        empty="Given.",
        refusals=_WITH_BODY,
    ),
)
