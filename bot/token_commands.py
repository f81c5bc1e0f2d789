"""`khien token add`, `khien token list`, `khien token revoke`: tokens of the staff API from the console.

A token's secret is printed once, by `add`. Everything else knows it by the beginning of its hash, which opens nothing.
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import load_settings
from escalation import trail
from escalation.errors import EscalationError
from escalation.staff import create_api_token, tokens
from escalation.staff.accounts import find_staff
from escalation.staff.tokens import Token

app_for_tokens = typer.Typer(help="Tokens for the staff API.", no_args_is_help=True)
OPERATOR = "operator"
_SHOWN = 12  # letters of a token's hash, as `list` shows it


@app_for_tokens.callback()
def _group() -> None:
    """Keep the sub-command's name even where there is only one."""


@app_for_tokens.command("add")
def add_token(*, staff: Annotated[str, typer.Option(help="whose token it is")], as_json: AsJson = False) -> None:
    """Create a token for the staff API, shown once. Example: khien token add --staff lan --json"""  # noqa: D415
    token = asyncio.run(_added(staff))
    show({"token": token}, as_json=as_json, table=token)


@app_for_tokens.command("list")
def list_tokens(
    *,
    staff: Annotated[str | None, typer.Option(help="only this person's tokens")] = None,
    as_json: AsJson = False,
) -> None:
    """List the tokens that let somebody in, never their secrets; the trail names the look.

    Example: khien token list --staff lan
    """
    found = asyncio.run(_listed(staff))
    rows = [_row(one) for one in found]
    show(rows, as_json=as_json, table="\n".join(map(_line, found)) or "no token lets anybody in")


@app_for_tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="the token as `khien token list` shows it, never its secret")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a token at once; the trail names it. Example: khien token revoke 3f9c0a1b2d4e"""  # noqa: D415
    ended = asyncio.run(_revoked(token))
    words = f"{_number(ended)} of {ended.owner.name} is revoked: it lets nobody in any more."
    show(_row(ended), as_json=as_json, table=words)


async def _added(name: str) -> str:
    async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
        try:
            return await create_api_token(unit, staff_name=name, now=datetime.now(UTC))
        except EscalationError as error:
            raise typer.BadParameter(str(error)) from None


async def _listed(name: str | None) -> tuple[Token, ...]:
    now = datetime.now(UTC)
    async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
        try:
            owner = None if name is None else (await find_staff(unit, name)).id
        except EscalationError as error:
            raise typer.BadParameter(str(error)) from None
        found = [one for one in await tokens.in_force(unit, now) if owner in {None, one.owner.id}]
        detail = {"count": len(found)}
        await trail.record(unit, stream=trail.SYSTEM, actor=OPERATOR, action="token.listed", at=now, detail=detail)
        return tuple(found)


async def _revoked(named: str) -> Token:
    async with opened(load_settings()) as (database, _vault), database.transaction() as unit:
        try:
            return await tokens.end_named(unit, named, by=OPERATOR, now=datetime.now(UTC))
        except EscalationError as error:
            # What was typed is not repeated: it may have been the secret.
            raise typer.BadParameter(f"{error} `khien token list` shows those that there are.") from None


def _row(one: Token) -> dict[str, Any]:
    return {
        "token": _number(one),
        "owner": one.owner.name,
        "label": one.label,
        "actions": None if one.actions is None else list(one.actions),
        "area": one.area or one.owner.area,
        "made_at": one.created_at.isoformat(),
        "seen_at": one.seen_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
    }


def _line(one: Token) -> str:
    does = "everything its owner may" if one.actions is None else " ".join(one.actions)
    named = f"{one.owner.name:<12}  {one.label or 'made by the console'}"
    return f"{_number(one)}  {named}  until {one.expires_at:%Y-%m-%d}  {one.area or one.owner.area}  {does}"


def _number(one: Token) -> str:
    return one.id[:_SHOWN]
