"""The composition root: the one place that knows every room and puts them together."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiohttp import web

from bot import alerting, restoring
from bot.again import Again
from bot.channels.joining import Joiner, Joining
from bot.channels.messenger.join import join as messenger
from bot.channels.patience import STORE_SECONDS, within
from bot.channels.port import Channel, Received
from bot.channels.telegram.join import join as telegram
from bot.channels.web.receive import WebChat
from bot.channels.zalo_bot.join import join as zalo_bot
from bot.channels.zalo_oa.join import join as zalo_oa
from bot.clocks import Terms
from bot.opening import opened
from bot.rasa import RasaClient, rasa_client
from bot.roles import ALL, Role
from bot.sender import Sender
from bot.server import application, chat_routes, clock_routes, health_routes, privacy_routes
from bot.settings import Settings
from bot.worker import Worker, loop
from content.library import Content
from escalation.api import api_app
from escalation.casefile.forms import read_forms
from escalation.desk import DeskServices, desk_app
from escalation.outside import announcing
from escalation.outside.queue import owner_of
from escalation.referrals.receivers import receivers_at
from escalation.shift.outward import Messenger
from escalation.staff import any_staff, make_setup_link
from nlu.listener import Listener
from store import inbox
from store.clock import Clock, MovableClock, SystemClock
from store.database import Database
from store.signals import INBOX, OUTBOX, QUEUE
from store.vault import Vault

log = structlog.get_logger()
_WORKERS_ON_POSTGRESQL = 4
_SENDERS = 16
JOINERS: tuple[Joiner, ...] = (telegram, zalo_oa, zalo_bot, messenger)


@dataclass(slots=True, kw_only=True)
class Product:
    """Everything that runs in one process."""

    settings: Settings
    database: Database
    vault: Vault
    content: Content
    listener: Listener
    clock: Clock
    rasa: RasaClient | None = None
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def worker(self) -> Worker:
        """Return the one who runs turns, timers and the watch."""
        return Worker(
            database=self.database,
            vault=self.vault,
            content=self.content,
            listener=self.listener,
            clock=self.clock,
            rasa=self.rasa,
            erasures=self.settings.erasures,
            emergency_policy=self.settings.emergency_policy,
            sign_within=timedelta(hours=self.settings.sign_within_hours),
            terms=Terms.of(self.settings),
            calendar=self.settings.work_calendar,
            queue=owner_of(self.settings.queue),
            page=self.settings.public_url,
        )

    async def ingest(self, channel: str, received: Received) -> None:
        """Store one message of a messenger for good; raises TimeoutError where the database hangs."""
        await within(STORE_SECONDS, self._store(channel, received))

    async def _store(self, channel: str, received: Received) -> None:
        async with self.database.transaction() as unit:
            await inbox.take_in(
                unit,
                self.vault,
                channel=channel,
                address=received.address,
                external_id=received.external_id,
                body=received.body(),
                now=self.clock.now(),
            )


@contextlib.asynccontextmanager
async def product(settings: Settings) -> AsyncIterator[Product]:
    """Open everything, newest schema included, and close it again."""
    async with opened(settings) as (database, vault), rasa_client(settings) as rasa:
        settings.erasures.prepare()
        await restoring.refuse_if_restored(database, settings.erasures)
        await database.open()
        if settings.case_webhook_url is not None:
            async with database.transaction() as unit:
                await announcing.begin(unit)
        yield Product(
            settings=settings,
            database=database,
            vault=vault,
            content=Content.load(),
            listener=Listener.load(),
            clock=MovableClock() if settings.test_clock else SystemClock(),
            rasa=rasa,
        )


async def serve(settings: Settings, roles: frozenset[Role] = ALL) -> None:
    """Run the product, or the part of it that `roles` name, until it is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with product(settings) as running, contextlib.AsyncExitStack() as stack:
        routes = _joined(running, roles, stack, stop)
        if "web" in roles:
            await _greet(running, await _listen(running, stack, _whole(running, routes)))
        else:
            await _listen(running, stack, application(_health(running), {}))
        await _work(running, roles, stop)


def _joined(
    running: Product, roles: frozenset[Role], stack: contextlib.AsyncExitStack, stop: asyncio.Event
) -> list[web.RouteDef]:
    """Join every messenger that is set; returns the routes by which they bring messages."""
    joining = Joining(
        settings=running.settings,
        database=running.database,
        vault=running.vault,
        clock=running.clock,
        ingest=running.ingest,
        sorry=running.content.say("error.away", "unknown").strip(),
        is_choice=running.content.is_choice,
        channels=running.channels,
        stack=stack,
        stop=stop,
        receives="web" in roles,
    )
    if not roles & {"web", "sender"}:
        return []
    return [route for join in JOINERS for route in join(joining)]


def _health(running: Product) -> list[web.RouteDef]:
    token = running.settings.metrics_token
    return health_routes(running.database, token.get_secret_value() if token else None)


def _whole(running: Product, routes: list[web.RouteDef]) -> web.Application:
    """Return everything that is reached by HTTP."""
    settings, clock = running.settings, running.clock
    chat = WebChat(database=running.database, vault=running.vault, clock=clock)
    routes += [*chat_routes(chat), *_health(running)]
    routes += privacy_routes(
        running.content,
        case_years=settings.retention_case_years,
        vital_interest=settings.emergency_policy == "vital_interest",
    )
    if isinstance(clock, MovableClock):
        routes += clock_routes(clock, lambda: _wake(running.database))
    services = DeskServices(
        database=running.database,
        vault=running.vault,
        clock=clock,
        demo=settings.database_url is None and not settings.messengers,
        public_url=settings.public_url,
        lock_after=timedelta(minutes=settings.desk_lock_minutes),
        limits=alerting.limits(settings),
        content=running.content,
        forms=read_forms(settings.casefile_forms, settings.forms_compared),
        receivers=receivers_at(settings.referral_receivers),
        calendar=settings.work_calendar,
        queue=owner_of(settings.queue),
    )
    return application(routes, {"/desk": desk_app(services), "/api/v1": api_app(services)})


async def _listen(running: Product, stack: contextlib.AsyncExitStack, app: web.Application) -> int:
    # aiohttp's access log would write query strings, and with them session secrets.
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, running.settings.host, running.settings.port, shutdown_timeout=1.0)
    await site.start()
    port: int = runner.addresses[0][1]
    return port


def _wake(database: Database) -> None:
    for topic in (INBOX, OUTBOX, QUEUE):
        database.signals.dispatch(topic)


async def _greet(running: Product, port: int) -> None:
    """Print the two links: the children's page, and the desk (with the one-time link while nobody has an account)."""
    address = running.settings.public_url or f"http://{running.settings.host}:{port}"
    desk = f"{address}/desk/"
    async with running.database.transaction() as unit:
        if not await any_staff(unit):
            desk = f"{address}/desk/setup/{await make_setup_link(unit, running.clock.now())}"
    print(f"\n  Trẻ em và phụ huynh / children and parents:  {address}/", flush=True)  # noqa: T201
    print(f"  Tư vấn viên / counsellors:                   {desk}\n", flush=True)  # noqa: T201


async def _work(running: Product, roles: frozenset[Role], stop: asyncio.Event) -> None:
    """Run the loops of these roles until `stop`; each ends what it is at."""
    worker, database = running.worker, running.database
    steps: list[tuple[Callable[[], Awaitable[bool]], str]] = []
    if "worker" in roles:
        again = Again(worker=worker)
        await again.start()
        steps += [(worker.turns, INBOX)] * (1 if database.is_sqlite else _WORKERS_ON_POSTGRESQL)
        steps.append((again.read, INBOX))
    if "scheduler" in roles:
        steps += [(worker.ring, QUEUE), (worker.watch, QUEUE), (worker.purge, QUEUE)]
        for way, carrier in alerting.carriers(running.settings).items():
            # Each way for itself, so that a dead one holds up no other.
            steps.append((Messenger(database=database, clock=running.clock, carriers={way: carrier}).send, QUEUE))
    if "sender" in roles and running.channels:
        sender = Sender(database=database, vault=running.vault, clock=running.clock, channels=running.channels)
        # Side by side, so that one slow chat holds up nobody else; the claim keeps each conversation's order.
        steps += [(sender.send, OUTBOX)] * _SENDERS
    loops = [asyncio.create_task(loop(database, step, stop, topic)) for step, topic in steps]
    await stop.wait()
    _wake(database)
    await asyncio.gather(*loops)
