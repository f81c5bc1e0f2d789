"""`khien`: serve, look after, and talk to the product from a terminal. Every command's --help shows an example."""

import asyncio
import sys
from typing import Annotated

import typer

from bot import logs
from bot.doctor import doctor as run_doctor
from bot.keys_commands import app_for_keys
from bot.ledgers import app_for_audit, app_for_cases, app_for_consent
from bot.parked_commands import app_for_parked
from bot.person_commands import app_for_persons
from bot.reports import app_for_reports
from bot.restoring import restore_check
from bot.retention_commands import app_for_holds, purge
from bot.roles import roles_of
from bot.settings import SettingsError, load_settings
from bot.simulation.command import simulate as run_simulate
from bot.staff_commands import app_for_staff
from bot.terminal import chat as run_chat
from bot.token_commands import app_for_tokens
from bot.webhook_commands import app_for_webhooks
from bot.zalo_commands import app_for_zalo
from content.cli import app as content_app
from content.errors import ContentError
from escalation.casefile.forms import FormsError
from nlu.cli import app as nlu_app
from store.erasures import ErasureListError
from store.vault import VaultError

app = typer.Typer(
    help="Khiên Nhỏ: children learn to be safe online, and a child who is being harmed is heard.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a trace with local variables could show a child's words
)
app.add_typer(nlu_app, name="nlu")
app.add_typer(content_app, name="content")
app.add_typer(app_for_staff, name="staff")
app.add_typer(app_for_tokens, name="token")
app.add_typer(app_for_cases, name="case")
app.add_typer(app_for_consent, name="consent")
app.add_typer(app_for_audit, name="audit")
app.add_typer(app_for_keys, name="keys")
app.add_typer(app_for_reports, name="report")
app.add_typer(app_for_persons, name="person")
app.add_typer(app_for_holds, name="hold")
app.add_typer(app_for_parked, name="parked")
app.add_typer(app_for_webhooks, name="webhook")
app.add_typer(app_for_zalo, name="zalo")
app.command(name="purge")(purge)
app.command(name="doctor")(run_doctor)
app.command(name="chat")(run_chat)
app.command(name="restore-check")(restore_check)
app.command(name="simulate")(run_simulate)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on (KHIEN_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on (KHIEN_PORT)")] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="do a part only, on PostgreSQL: web, worker, sender, scheduler; repeatable")
    ] = None,
) -> None:
    """Run the whole product in one process: children's page, desk, and the messengers that are set.

    With --role it does a part only, and any number of processes may share the work (docs/operations.md).
    Example: khien serve --port 8080; khien serve --role worker --role scheduler --port 8081
    """
    # Imported here, so that `khien nlu parse` does not wait for a web server's libraries.
    from bot.main import serve as run  # noqa: PLC0415

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(**given)
    logs.configure(settings.log_format)
    asyncio.run(run(settings, roles_of(role or (), settings)))


def main() -> None:
    """Run the command line; what is wrong is said in words, with exit code 2."""
    try:
        app()
    except (SettingsError, ContentError, FormsError, VaultError, ErasureListError) as error:
        print(f"khien: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except OSError as error:
        # Port in use, folder not writable: the system's own words name what it was.
        print(f"khien: {error.strerror or type(error).__name__}: {error.filename or ''}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
