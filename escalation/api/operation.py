"""What one operation of the API is."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from escalation.api.bodies import Body

IDS = re.compile(r"\{(\w+_id)\}")
"""The ids that a path names."""
View = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing the API does. `empty` names what 204 means; `refusals` the statuses beside 401."""

    name: str
    method: Literal["GET", "PUT", "POST"]
    path: str
    view: View
    sends: type[Body] | None = None
    answers: type[BaseModel] | None = None
    many: bool = False
    empty: str | None = None
    refusals: tuple[int, ...] = ()

    @property
    def summary(self) -> str:
        """Return what the view says of itself."""
        return (self.view.__doc__ or self.name).strip()
