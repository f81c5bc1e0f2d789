import pytest

from bot.simulation.run import Gear
from content.library import Content
from nlu.listener import Listener


@pytest.fixture(scope="session")
def gear(content: Content, listener: Listener) -> Gear:
    return Gear.load(content, listener)
