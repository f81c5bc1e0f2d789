"""What every test may ask for. Content and listener are read once; databases are each test's own."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from bot.playback import Player, player
from content.library import Content
from nlu.listener import Listener

# A busy machine is slow, not wrong: nothing is judged by the clock, in CI as hypothesis has it and elsewhere too.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if settings.get_current_profile_name() == "default":
    settings.load_profile("patient")
# For `make mutants` (docs/mutation.md): a verdict is wanted, the same each time, not the smallest example.
settings.register_profile(
    "mutants", max_examples=30, derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate)
)


@pytest.fixture(scope="session")
def content() -> Content:
    return Content.load()


@pytest.fixture(scope="session")
def listener() -> Listener:
    return Listener.load()


@pytest.fixture
async def person(content: Content, listener: Listener) -> AsyncIterator[Player]:
    """One person and one counsellor at the real product, on SQLite."""
    async with player(content=content, listener=listener) as playing:
        yield playing
