"""`khien zalo`: lets the app into the Official Account, and says by which secret a captured event was signed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, NoReturn
from urllib.parse import parse_qs, urlsplit

import typer

from bot.channels.port import ChannelError
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import App, Fresh
from bot.channels.zalo_oa.receive import CHANNEL, read_event, timestamp_of
from bot.channels.zalo_oa.request import ZaloRequest
from bot.channels.zalo_oa.setup import app_of, request_of
from bot.channels.zalo_oa.signature import matching
from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import Settings, SettingsError, load_settings
from store import messenger_tokens

Ask = Callable[[ZaloRequest], Awaitable[Fresh]]
app_for_zalo = typer.Typer(help="The Zalo Official Account: its tokens and its signature.", no_args_is_help=True)


@app_for_zalo.command("connect")
def connect(
    *,
    redirect_uri: Annotated[
        str | None, typer.Option(help="the callback address saved in Zalo's console; default the public address")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the page on which an administrator lets the app in, take the code it gives, and store the first tokens.

    The code may be pasted alone or with the whole address that the browser was sent to. It is good for 10 minutes.
    Example: khien zalo connect --redirect-uri https://khien.example/
    """
    settings = load_settings()
    app = _app(settings)
    address = redirect_uri or (f"{settings.public_url}/" if settings.public_url else None)
    if address is None:
        raise SettingsError("--redirect-uri: Zalo sends the browser there. Give it, or set KHIEN_PUBLIC_URL.")
    given = settings.zalo_oa_code_verifier
    verifier = oauth.new_verifier() if given is None else given.get_secret_value()
    link = oauth.consent_link(app.id, address, verifier, oauth_url=settings.zalo_oa_oauth_url)
    typer.echo(f"Open this page as an administrator of the account, and let the app in:\n\n  {link}\n", err=True)
    code = _code_in(typer.prompt("Code, or the whole address you were sent to", hide_input=True, err=True), settings)
    _stored(settings, lambda request: oauth.exchange(request, app, code, verifier), as_json=as_json)


@app_for_zalo.command("token")
def seed(
    *,
    refresh_token_stdin: Annotated[
        bool, typer.Option("--refresh-token-stdin", help="read the refresh token from standard input")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a refresh token, as the API Explorer of Zalo's developer pages gives it, and store the pair it brings.

    The token is used up by this.
    Example: printf '%s' "$REFRESH_TOKEN" | khien zalo token --refresh-token-stdin
    """
    settings = load_settings()
    app = _app(settings)
    typed = sys.stdin.read() if refresh_token_stdin else typer.prompt("Refresh token", hide_input=True, err=True)
    token = typed.strip()
    if not token or not token.isascii() or len(token.split()) != 1:
        _stop("That is no refresh token: it is one word of letters and digits.")
    _stored(settings, lambda request: oauth.refresh(request, app, token), as_json=as_json)


@app_for_zalo.command("verify")
def verify(
    *,
    signature: Annotated[str, typer.Option(help="the header X-ZEvent-Signature of the event, mac=…")],
    as_json: AsJson = False,
) -> None:
    """Say by which of the settings an event was signed, its raw body on standard input; exit code 1 where by none.

    Example: khien zalo verify --signature mac=0a1b… < body.json
    """
    settings = load_settings()
    app = _app(settings)
    body = sys.stdin.buffer.read()
    secret = settings.zalo_oa_webhook_secret
    known = {"KHIEN_ZALO_OA_APP_SECRET": app.secret}
    if secret is not None:
        known["KHIEN_ZALO_OA_WEBHOOK_SECRET"] = secret.get_secret_value()
    firsts = {"app_id": app.id} | ({"oa_id": settings.zalo_oa_id} if settings.zalo_oa_id else {})
    stamp = timestamp_of(read_event(body) or {})
    found = [
        {"signed_first": first, "secret": name}
        for first, name in matching(body, stamp, signature.strip(), firsts=firsts, secrets=known)
    ]
    words = "\n".join(f"KHIEN_ZALO_OA_SIGNED_FIRST={one['signed_first']} with {one['secret']}" for one in found)
    none = "by none of these settings: take the secret from the page of the account's webhook at Zalo, and the raw body"
    show({"signed_by": found}, as_json=as_json, table=words or none)
    if not found:
        raise typer.Exit(1)


def _app(settings: Settings) -> App:
    app = app_of(settings)
    if app is None:
        raise SettingsError("KHIEN_ZALO_OA_APP_ID: not set, so there is no account. See docs/zalo_oa.md.")
    return app


def _code_in(typed: str, settings: Settings) -> str:
    """Return the code of what was pasted; a code for another account than ours is refused."""
    pasted = parse_qs(urlsplit(typed.strip()).query)
    account = pasted.get("oa_id", [""])[0]
    if account and settings.zalo_oa_id and account != settings.zalo_oa_id:
        _stop("That code is for another account than KHIEN_ZALO_OA_ID.")
    return pasted.get("code", [typed.strip()])[0]


def _stored(settings: Settings, ask: Ask, *, as_json: bool) -> None:
    try:
        until = asyncio.run(_store(settings, ask))
    except oauth.Refused as error:
        code = "" if error.code is None else f" (code {error.code})"
        _stop(
            f"Zalo gave no tokens{code}. A code is good for 10 minutes and once, a refresh token once; try a new one."
        )
    except ChannelError as error:
        _stop(f"{error}. Zalo could not be asked; if it was, a new code or refresh token is needed.")
    words = f"connected; the access token lasts until {until} and is renewed by the running product"
    show({"connected": True, "expires_at": until}, as_json=as_json, table=words)


async def _store(settings: Settings, ask: Ask) -> str:
    # The database first: what Zalo gives is given once.
    async with opened(settings) as (database, vault):
        request = request_of(settings)
        try:
            fresh = await ask(request)
        finally:
            await request.close()
        expires_at = datetime.now(UTC) + fresh.lasts
        async with database.transaction() as unit:
            await messenger_tokens.put(
                unit, vault, CHANNEL, access=fresh.access, refresh=fresh.refresh, expires_at=expires_at
            )
    return expires_at.isoformat(timespec="minutes")


def _stop(words: str) -> NoReturn:
    typer.echo(f"khien: {words}", err=True)
    raise typer.Exit(2)
