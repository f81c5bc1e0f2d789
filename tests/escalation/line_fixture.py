"""A line to the desk, for the tests that ask for it."""

from collections.abc import AsyncIterator

import pytest

from tests.escalation.line import Line
from tests.escalation.world import Desk


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[Line]:
    opened = Line(desk.server.port or 0)
    await opened.mend()
    yield opened
    await opened.cut()
