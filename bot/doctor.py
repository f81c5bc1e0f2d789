"""`khien doctor`: what is set, what is wrong, and what to do about it."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.opening import opened, show
from bot.settings import Settings, SettingsError, load_settings
from content.errors import ContentError
from content.library import Content
from nlu.linear import LinearLearner
from store import conversations
from store.vault import VaultError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `level`: ok, note (read it), wrong (mend it)."""

    level: str
    what: str
    words: str


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="print JSON for a program to read")] = False
) -> None:
    """Look the installation over and explain what is wrong; exit code 1 when something must be mended.

    Example: khien doctor
    """
    findings = look_over()
    words = "\n".join(f"{finding.level:<5}  {finding.what}: {finding.words}" for finding in findings)
    value = [{"level": finding.level, "what": finding.what, "words": finding.words} for finding in findings]
    show(value, as_json=as_json, table=words)
    if any(finding.level == "wrong" for finding in findings):
        raise typer.Exit(1)


def look_over() -> list[Finding]:
    """Return everything that was looked at."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [Finding(level="wrong", what="settings", words=str(error))]
    return [
        Finding(level="ok", what="settings", words=f"data in {settings.data_dir}, port {settings.port}"),
        _content(),
        _model(),
        _storage(settings),
        _messengers(settings),
        _legal(settings),
    ]


def _content() -> Finding:
    try:
        content = Content.load()
    except ContentError as error:
        return Finding(level="wrong", what="content", words=str(error))
    words = f"{len(content.topics)} topics; no child-protection specialist has signed the texts yet (specialist_review)"
    return Finding(level="note", what="content", words=words)


def _model() -> Finding:
    try:
        learner = LinearLearner.load(None)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the model is told, not thrown
        return Finding(level="wrong", what="listener", words=f"{type(error).__name__}: run `khien nlu train`")
    return Finding(level="ok", what="listener", words=f"model {learner.version}")


def _storage(settings: Settings) -> Finding:
    async def count() -> int:
        async with opened(settings) as (database, _vault), database.reading() as unit:
            return await conversations.count(unit)

    try:
        total = asyncio.run(count())
    except VaultError as error:
        return Finding(level="wrong", what="keys", words=str(error))
    except Exception as error:  # noqa: BLE001  # a driver's own error may quote the password in the URL
        words = f"cannot be opened ({type(error).__name__}). Check KHIEN_DATABASE_URL and that the server runs."
        return Finding(level="wrong", what="database", words=words)
    kind = "SQLite" if settings.database.startswith("sqlite") else "PostgreSQL"
    words = f"{kind}, {total} conversations; keep a backup of {settings.keys} apart from the database's"
    return Finding(level="ok", what="database", words=words)


def _messengers(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        words = "web only. Set TELEGRAM_TOKEN for Telegram."
        return Finding(level="ok", what="messengers", words=words)
    how = "webhook" if settings.public_url else "long polling"
    return Finding(level="ok", what="messengers", words=f"web, Telegram by {how}")


def _legal(settings: Settings) -> Finding:
    if settings.legal_signed_by is None:
        words = (
            "the legal grounds (Law 91/2025 art. 19 and 24, Law on Children art. 51) and the rule for 16-17 are not "
            "signed. Have the operator's counsel sign, then set KHIEN_LEGAL_SIGNED_BY."
        )
        return Finding(level="note", what="legal", words=words)
    return Finding(level="ok", what="legal", words=f"signed by {settings.legal_signed_by}")
