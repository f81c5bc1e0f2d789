"""`khien doctor`: what is set, what is wrong, and what to do about it."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.opening import opened, show
from bot.rasa import Failure, RasaError, rasa_client
from bot.restoring import missing_in
from bot.sealed import UNDER_MASTER_KEYS
from bot.settings import Settings, SettingsError, load_settings
from content.errors import ContentError
from content.library import Content
from escalation.casefile.forms import FormsError, read_forms
from escalation.shift import outward
from nlu.cascade import Cascade
from store import conversations, marks, messenger_tokens, parked
from store.database import Transaction
from store.erasures import ErasureList, ErasureListError
from store.keys import FileKeys, KeySource
from store.rotation import rows_by_key
from store.vault import Vault, VaultError

_OLD_KEY_DAYS = 365


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
        _forms(settings),
        _model(),
        _engine(settings),
        *_storage(settings),
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


def _forms(settings: Settings) -> Finding:
    """Say whether the forms of the case file can be read, and which of them may bear their official name."""
    try:
        forms = read_forms(settings.casefile_forms, settings.forms_compared)
    except FormsError as error:
        return Finding(level="wrong", what="forms", words=str(error))
    compared = ", ".join(sorted(forms.compared)) or "none, so papers call themselves drafts"
    return Finding(level="ok", what="forms", words=f"compared with the official copy: {compared}")


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


def _storage(settings: Settings) -> list[Finding]:
    async def look() -> list[Finding]:
        async with opened(settings) as (database, vault), database.reading() as unit:
            total = await conversations.count(unit)
            kind = "SQLite" if database.is_sqlite else "PostgreSQL"
            words = (
                f"{kind}, {total} conversations; keep a backup of the keys ({settings.keys.name}) apart from its own"
            )
            rows = await rows_by_key(unit, UNDER_MASTER_KEYS)
            return [
                Finding(level="ok", what="database", words=words),
                _keys(settings.keys, rows, datetime.now(UTC)),
                await _erasures(unit, settings.erasures),
                await set_aside(unit),
                await _told(unit, settings),
                *await _zalo_oa(unit, vault, settings, datetime.now(UTC)),
            ]

    try:
        return asyncio.run(look())
    except VaultError as error:
        return [Finding(level="wrong", what="keys", words=str(error))]
    except Exception as error:  # noqa: BLE001  # a driver's own error may quote the password in the URL
        words = f"cannot be opened ({type(error).__name__}). Check KHIEN_DATABASE_URL and that the server runs."
        return [Finding(level="wrong", what="database", words=words)]


def _keys(source: KeySource, rows: Counter[int], now: datetime) -> Finding:
    """Judge where the master keys are, how old the newest is, and what each of them wraps."""
    keys = source.read()
    lost = sorted(set(rows) - set(keys.master))
    wraps = ", ".join(f"key {number} wraps {rows[number]} rows" for number in sorted(keys.master))
    mode = source.path.stat().st_mode & 0o777 if isinstance(source, FileKeys) else None
    at = keys.made.get(keys.newest)
    age = None if at is None else (now - at).days
    how_old = "of unknown age" if age is None else f"{age} days old"
    level, words = "ok", f"{source.name}, the newest {how_old}; {wraps}"
    if lost:
        level, words = "wrong", f"rows are under key {lost[0]}, which {source.name} lacks. Put it back from a backup."
    elif mode is not None and mode & 0o077:
        level, words = "wrong", f"{source.name} has mode {mode:04o}, others may read it. Run chmod 600 on it."
    elif sum(rows.values()) > rows[keys.newest]:
        level, words = "note", f"{words}. Run `khien keys rotate`: it finishes what was begun."
    elif age is not None and age > _OLD_KEY_DAYS:
        level, words = "note", f"{words}. Once a year is time for a new one: `khien keys rotate`."
    return Finding(level=level, what="keys", words=words)


async def _erasures(unit: Transaction, erasures: ErasureList) -> Finding:
    """Compare the erasure list with what the database counted."""
    try:
        listed = erasures.read()
        missing = await missing_in(unit, listed)
    except ErasureListError as error:
        return Finding(level="wrong", what="erasures", words=str(error))
    if missing:
        words = f"{len(missing)} are on the list and not in this database: run `khien restore-check`."
        return Finding(level="wrong", what="erasures", words=words)
    last = max((erasure.number for erasure in listed), default=0)
    if last < await marks.value_of(unit, marks.ERASURES):
        words = f"{erasures.path} lacks the last ones: it was lost, put back from a backup, or could not be written."
        return Finding(level="wrong", what="erasures", words=f"{words} Put its newest copy there.")
    if not listed:
        return Finding(level="ok", what="erasures", words="none yet")
    when = max(erasure.at for erasure in listed).isoformat(timespec="minutes")
    words = f"{last} in {erasures.path}; a backup made before {when} still holds what was erased after it was made"
    return Finding(level="ok", what="erasures", words=words)


async def set_aside(unit: Transaction) -> Finding:
    """Say how many messages a fault set aside, and since when."""
    rows = await parked.listed(unit)
    broken = [row for row in rows if not row.held]
    if not broken:
        words = f"none; {len(rows)} wait for the person who wrote them" if rows else "none"
        return Finding(level="ok", what="set aside", words=words)
    since = broken[0].received_at.isoformat(timespec="minutes")
    words = (
        f"{len(broken)} messages could not be read, the oldest of {since}. `khien parked list` names them, the log "
        "says why (turn_failed). Mend it, then start again or run `khien parked retry`: their turns follow."
    )
    return Finding(level="wrong", what="set aside", words=words)


async def _told(unit: Transaction, settings: Settings) -> Finding:
    """Say who owns the queue, and whether somebody who is told of alerts or cases does not take them."""
    lost = await outward.parked(unit)
    if lost:
        words = (
            f"{lost} alerts or events of cases were not taken after {outward.MAX_ATTEMPTS} attempts. The log says by "
            "which way (alert_undelivered). Mend the receiver, then run `khien webhook retry`."
        )
        return Finding(level="wrong", what="told", words=words)
    whose = "the desk's own" if settings.queue == "internal" else "another system's until the target has passed"
    heard = "nobody is" if settings.case_webhook_url is None else f"{urlsplit(settings.case_webhook_url).hostname} is"
    return Finding(level="ok", what="told", words=f"{heard} told of cases; the queue is {whose}")


def _messengers(settings: Settings) -> Finding:
    """Name the messengers that are set and how they come in, and what would set the others."""
    how = "webhook" if settings.public_url else "long polling"
    ways = {"Telegram": how, "Zalo OA": "webhook", "Zalo Bot": how, "Messenger": "webhook"}
    joined = ", ".join(f"{name} by {ways[name]}" for name in settings.messengers)
    missing = [f"{what} for {name}" for name, what in _SET_BY.items() if name not in settings.messengers]
    words = f"web, {joined}." if joined else "web only."
    if missing:
        words += f" Set {', '.join(missing)}."
    if "Zalo Bot" in settings.messengers and settings.public_url is None:
        words += " Zalo gives each message once: a webhook (KHIEN_PUBLIC_URL) is safer than polling."
    return Finding(level="ok", what="messengers", words=words)


_SET_BY = {
    "Telegram": "TELEGRAM_TOKEN",
    "Zalo OA": "KHIEN_ZALO_OA_APP_ID (and what docs/zalo_oa.md names)",
    "Zalo Bot": "KHIEN_ZALO_BOT_TOKEN",
    "Messenger": "KHIEN_MESSENGER_PAGE_TOKEN (and what docs/messenger.md names)",
}


_CONNECT = "Run `khien zalo connect`, or `khien zalo token` with a refresh token of Zalo's API Explorer."


async def _zalo_oa(unit: Transaction, vault: Vault, settings: Settings, now: datetime) -> list[Finding]:
    """Say whether the door to the Official Account is open, and whether its next key may have been lost."""
    if settings.zalo_oa_app_id is None:
        return []
    pair = await messenger_tokens.read(unit, vault, "zalo_oa")
    if pair is None:
        return [Finding(level="wrong", what="zalo_oa", words=f"not connected: nothing can be sent. {_CONNECT}")]
    until = pair.expires_at.isoformat(timespec="minutes")
    level, words = "ok", f"connected; the access token lasts until {until} and is renewed by the running product"
    if pair.begun_at is not None and now - pair.begun_at > messenger_tokens.BUSY:
        begun = pair.begun_at.isoformat(timespec="minutes")
        words = (
            f"a renewal was begun at {begun} and its end is not known. If the process died between Zalo's answer "
            f"and the storing, the old refresh token is used up and the new one is lost. {_CONNECT}"
        )
        level = "wrong"
    elif pair.trouble == "refused":
        level, words = "wrong", f"Zalo refuses the refresh token; sending ends at {until}. {_CONNECT}"
    elif pair.expires_at <= now:
        level, words = "wrong", f"the access token ended at {until}. Start the product: it renews it. Else: {_CONNECT}"
    elif pair.trouble is not None:
        level, words = "note", f"{words}, but Zalo could not be reached for that lately"
    return [Finding(level=level, what="zalo_oa", words=words)]


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
