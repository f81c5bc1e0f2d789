"""The hotline of `tests.escalation.hotline`, on SQLite and on PostgreSQL."""

import pytest

from store.database import Database
from tests.escalation.hotline import Hotline


@pytest.fixture
def hotline(database: Database) -> Hotline:
    return Hotline(database)
