"""`khien doctor`: what is set, what is wrong, and what to do about it."""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.opening import opened, show
from bot.rasa import Failure, RasaError, rasa_client
from bot.settings import Settings, SettingsError, load_settings
from content.errors import ContentError
from content.library import Content
from nlu.cascade import Cascade
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
        _engine(settings),
        _storage(settings),
        _messengers(settings),
        _legal(settings),
        _emergencies(settings),
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
        learner = Cascade.load()
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the model is told, not thrown
        return Finding(level="wrong", what="listener", words=f"{type(error).__name__}: run `khien nlu train`")
    return Finding(level="ok", what="listener", words=f"model {learner.version}")


_RASA_WORDS: dict[Failure, str] = {
    "slow": "does not answer within {seconds:.0f} s",
    "gone": "cannot be reached. Start it with nlu/rasa/serve.sh, and check KHIEN_RASA_URL",
    "refused": "refuses the token. Set KHIEN_RASA_TOKEN to the word that Rasa was started with by --auth-token",
    "failed": "answers with an error. See Rasa's own log; it must run with --enable-api and a trained model",
    "garbled": "answers something else than Rasa's /model/parse does. Check KHIEN_RASA_URL",
}
_RASA_SECONDS = 10.0  # the first message after Rasa's start takes long


def _engine(settings: Settings) -> Finding:
    """Ask Rasa about a greeting, where it is to be asked at all."""

    async def ask() -> float | None:
        async with rasa_client(settings, seconds=_RASA_SECONDS) as rasa:
            if rasa is None:
                return None
            await rasa.parse("xin chào")
            started = time.perf_counter()
            await rasa.parse("xin chào")
            return (time.perf_counter() - started) * 1000

    try:
        milliseconds = asyncio.run(ask())
    except RasaError as error:
        reason = _RASA_WORDS[error.kind].format(seconds=_RASA_SECONDS)
        words = f"the Rasa server {reason}. Meanwhile our engine answers alone."
        return Finding(level="wrong", what="engine", words=words)
    if milliseconds is None:
        return Finding(level="ok", what="engine", words="spacy, on this machine alone")
    words = f"rasa at {settings.rasa_url}, answers in {milliseconds:.0f} ms; disclosures are decided by ours"
    if milliseconds > settings.rasa_timeout_ms:
        words = (
            f"rasa takes {milliseconds:.0f} ms, KHIEN_RASA_TIMEOUT_MS is {settings.rasa_timeout_ms}: most is in vain"
        )
        return Finding(level="wrong", what="engine", words=words)
    return Finding(level="ok", what="engine", words=words)


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


def _emergencies(settings: Settings) -> Finding:
    """Say what an emergency needs to reach 111, and what that asks of the operator."""
    if settings.emergency_policy == "consent":
        return Finding(level="ok", what="emergencies", words="reach 111 after the child's yes (policy consent)")
    words = (
        "reach 111 at once, without a name (policy vital_interest): a counsellor writes why, a supervisor signs within "
        f"{settings.sign_within_hours} h, `khien report vital` counts"
    )
    if settings.legal_signed_by is None:
        words += ". The operator's counsel has not signed for it: set KHIEN_LEGAL_SIGNED_BY."
        return Finding(level="note", what="emergencies", words=words)
    return Finding(level="ok", what="emergencies", words=words)
