"""Which part of the whole a process does."""

import pytest

from bot.roles import ALL, roles_of
from bot.settings import Settings, SettingsError

POSTGRESQL = Settings(database_url="postgresql+asyncpg://khien@127.0.0.1/khien")


def test_without_a_role_a_process_does_everything() -> None:
    assert roles_of((), Settings()) == ALL
    assert roles_of((), POSTGRESQL) == ALL


def test_all_roles_together_are_everything() -> None:
    assert roles_of(sorted(ALL), Settings()) == ALL


def test_a_process_does_what_it_is_given() -> None:
    assert roles_of(("worker", "scheduler"), POSTGRESQL) == {"worker", "scheduler"}


@pytest.mark.parametrize(
    ("roles", "settings", "words"),
    [
        (("wroker",), POSTGRESQL, "no role wroker.*scheduler, sender, web, worker"),
        (("web",), Settings(), "KHIEN_DATABASE_URL"),
        (("web",), Settings(database_url="sqlite+aiosqlite:///x"), "PostgreSQL"),
        (("web",), POSTGRESQL.model_copy(update={"test_clock": True}), "KHIEN_TEST_CLOCK"),
    ],
    ids=["unknown", "no database", "sqlite", "clock"],
)
def test_what_cannot_be_is_refused_in_words(roles: tuple[str, ...], settings: Settings, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        roles_of(roles, settings)
