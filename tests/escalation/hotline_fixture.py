"""The hotline of `tests.escalation.hotline`, on SQLite and on PostgreSQL."""

import pytest

from store.database import Database
from tests.escalation.hotline import Hotline


@pytest.fixture
def hotline(database: Database) -> Hotline:
    """Return a hotline on each kind of database."""
    return Hotline(database)


@pytest.fixture
def lite_hotline(lite: Database) -> Hotline:
    """Return a hotline on SQLite, where one kind is enough."""
    return Hotline(lite)
