"""Every page of the desk as somebody meets it: where, as whom, after which steps. The table is `sights.yml`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from playwright.async_api import Page

from escalation import queue
from escalation.desk.identity import COOKIE
from escalation.permissions import POLICY
from escalation.staff import sessions
from tests.escalation.furnished import Hotline
from tests.escalation.sight_steps import STEPS, Step, press, submit

Stage = Literal["new", "quiet", "busy"]
NO_PAGES = frozenset({"home", "queue_events", "case_events", "shift_events", "casefile_news"})
"""GET routes that are none: a redirect, the live streams, what a script asks."""
CONTRASTED = frozenset({"queue", "case"})
"""Sights that are also kept in high contrast and in English."""
_AGO = timedelta(minutes=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One page as it is looked at; `who` is None before the door."""

    name: str
    route: str
    path: str
    says: str
    who: str | None
    stage: Stage
    step: Step | None


def _sight(line: dict[str, Any]) -> Sight:
    given = {name: line[name] for name in ("name", "route", "path", "says")}
    step = STEPS[line["step"]] if "step" in line else None
    if "press" in line:
        step = press(line["press"])
    elif "submit" in line:
        step = submit(line["submit"])
    return Sight(**given, who=line.get("who"), stage=line.get("stage", "busy"), step=step)


def _read() -> dict[str, tuple[Sight, ...]]:
    table = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
    return {group: tuple(_sight(line) for line in lines) for group, lines in table.items()}


SIGHTS = _read()
"""By whose pages they are."""


async def come_to(page: Page, sight: Sight, hotline: Hotline, desk: str) -> None:
    """Bring a page to a sight: sign in a while ago, so that a grave act asks for a fresh code; open it; do the step."""
    if sight.who is not None:
        staff = hotline.staff[sight.who].staff
        async with hotline.world.database.transaction() as unit:
            token = await sessions.open_session(unit, staff.id, "browser", hotline.now - _AGO, browser="Firefox, Linux")
            for one in hotline.staff.values():
                if "case.claim" in POLICY[one.staff.role] and sight.stage == "busy":
                    await queue.mark_present(unit, one.staff, hotline.now)
        cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "secure": True}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
    await page.goto(desk + sight.path.format(**hotline.named))
    if sight.step is not None:
        await sight.step(page, hotline)
