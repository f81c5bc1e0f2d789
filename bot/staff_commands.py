"""`khien staff add`: accounts from the console."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated, cast, get_args

import typer

from bot.ledgers import AsJson
from bot.opening import opened, show
from bot.settings import load_settings
from escalation.errors import EscalationError
from escalation.permissions import NATIONAL, Role
from escalation.staff import create_staff

app_for_staff = typer.Typer(help="Accounts of hotline staff.", no_args_is_help=True)
_ROLES = ", ".join(get_args(Role))


@app_for_staff.callback()
def _group() -> None:
    """Keep the sub-command's name even where there is only one."""


@app_for_staff.command("add")
def add_staff(
    name: Annotated[str, typer.Argument(help="the name to sign in with")],
    *,
    role: Annotated[str, typer.Option(help=f"one of {_ROLES}")],
    area: Annotated[str, typer.Option(help='"national", or provinces separated by ";"')] = NATIONAL,
    display_name: Annotated[str | None, typer.Option(help="what a child sees, such as 'Cô Lan'")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="read the password from standard input")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create an account and print its TOTP secret, once.

    Example: printf '%s' "$PASSWORD" | khien staff add lan --role counsellor --area national --password-stdin --json
    """
    if role not in get_args(Role):
        raise typer.BadParameter(f"there is no role {role}; take one of {_ROLES}")
    password = sys.stdin.read().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)
    result = asyncio.run(_add(name, display_name or name, cast("Role", role), area, password))
    show(result, as_json=as_json, table=f"{name}: TOTP secret {result['totp_secret']} (shown this once)")


async def _add(name: str, display_name: str, role: Role, area: str, password: str) -> dict[str, str]:
    async with opened(load_settings()) as (database, vault), database.transaction() as unit:
        try:
            staff, secret = await create_staff(
                unit,
                vault,
                name=name,
                display_name=display_name,
                role=role,
                area=area,
                password=password,
                now=datetime.now(UTC),
            )
        except EscalationError as error:
            raise typer.BadParameter(str(error)) from None
    return {"id": staff.id, "name": staff.name, "role": staff.role, "area": staff.area, "totp_secret": secret}
