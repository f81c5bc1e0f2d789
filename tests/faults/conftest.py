"""Databases and installations for the fault tests."""

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres, running_postgres


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of its own, since tests here restart it; with fsync, as in earnest."""
    with running_postgres(fsync=True) as server:
        yield server
