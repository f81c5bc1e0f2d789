"""What one process does of the whole: all of it, or on PostgreSQL a part, on as many machines as wanted."""

from collections.abc import Sequence
from typing import Literal, get_args

from bot.settings import Settings, SettingsError

Role = Literal["web", "worker", "sender", "scheduler"]
"""web: pages, desk, API, and messages taken in. worker: turns. sender: messages given to messengers. scheduler: timers,
the watch over promises, the purge, alerts that leave the house."""
ALL: frozenset[Role] = frozenset(get_args(Role))


def roles_of(given: Sequence[str], settings: Settings) -> frozenset[Role]:
    """Return the roles of this process, all where none is given. Raises SettingsError for what cannot be."""
    unknown = [name for name in given if name not in ALL]
    if unknown:
        raise SettingsError(f"--role: there is no role {unknown[0]}. Choose from {', '.join(sorted(ALL))}.")
    roles = frozenset(role for role in ALL if role in given) or ALL
    if roles == ALL:
        return roles
    if settings.database_url is None or not settings.database_url.startswith("postgresql"):
        raise SettingsError("--role: several processes need PostgreSQL. Set KHIEN_DATABASE_URL, or leave --role out.")
    if settings.test_clock:
        raise SettingsError("--role: KHIEN_TEST_CLOCK moves the clock of one process only. Leave one of them out.")
    return roles
