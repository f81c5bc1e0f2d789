"""Whatever comes through a door: no error of the server, nothing done that was not proved, nothing of it written down.

A few hundred requests here; `make fuzz-webhooks` sends 100,000 (docs/fuzzing.md has what came of it), and
`KHIEN_FUZZ_WEBHOOKS=5000 .venv/bin/python -m pytest -s tests/channels/test_fuzz_webhooks.py` as many as that says.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from bot.channels.web.bodies import openapi
from tests.channels.attacks import Attack, attacks, replayed
from tests.channels.besieged import Siege, besieged
from tests.channels.doors import CANARY, Door, doors

PATHS = ("telegram", "zalo_oa", "zalo_bot", "messenger", "messages", "export", "typing")  # how each address ends
IS_LONG = "KHIEN_FUZZ_WEBHOOKS" in os.environ
REQUESTS = int(os.environ.get("KHIEN_FUZZ_WEBHOOKS", "500"))
STRANGER, WITNESS = "88000011", "88000022"
some = settings(
    max_examples=max(1, REQUESTS // len(PATHS)),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not IS_LONG,
    database=None,
)
few = settings(some, max_examples=max(1, REQUESTS // 100))
schema = schemathesis.openapi.from_dict(openapi())
schema.config.phases.coverage.enabled = IS_LONG  # some hundred cases for each operation


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with besieged(tmp_path_factory.mktemp("siege")) as running:
        yield running


def _strike(siege: Siege, attack: Attack, seen: Counter[str]) -> None:
    before = len(siege.taken)
    if attack.hangs_up:
        siege.leave(attack.raw)
        seen[f"{attack.kind}: cut"] += 1
        return
    status = siege.send(attack.raw, in_two=attack.in_two)
    seen[f"{attack.kind}: {status or 'dead'}"] += 1
    assert status < HTTPStatus.INTERNAL_SERVER_ERROR, (attack.kind, attack.raw[:2000])
    assert attack.allowed is None or status in attack.allowed, (attack.kind, status)
    # What comes again is asked to be stored and known by its id; the witness's rows are counted at the end.
    assert attack.may_act or attack.kind == "replayed" or len(siege.taken) == before, attack.kind


def _people(siege: Siege, door: Door) -> tuple[str, str]:
    if door.header is not None:
        return STRANGER, WITNESS
    return siege.run(siege.new_session(f"{door.path}-{STRANGER}")), siege.run(
        siege.new_session(f"{door.path}-{WITNESS}")
    )


@pytest.mark.parametrize("path", PATHS)
def test_whatever_comes_does_nothing_breaks_nothing_and_is_written_down_nowhere(siege: Siege, path: str) -> None:
    door = next(door for door in doors(siege.product.vault) if door.path.endswith(path))
    stranger, witness = _people(siege, door)
    known = door.events(witness)
    seen: Counter[str] = Counter()
    began = time.monotonic()
    assert siege.send(replayed(door, known[0]).raw) in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}

    @some
    @given(attack=attacks(door, door.events(stranger), known))
    def strike(attack: Attack) -> None:
        _strike(siege, attack, seen)

    strike()
    seconds = time.monotonic() - began
    print(f"\n{path}: {seen.total()} in {seconds:.0f} s, {dict(sorted(seen.items()))}")
    assert siege.run(siege.kept_of(door.name, witness)) == (int(door.takes_messages), False), (
        "one message, and still there"
    )
    assert siege.run(siege.settled()) == {"parked": 0, "cases": 0, "consent": 0}
    assert siege.unfit == []
    written = siege.written()
    assert [word for word in (CANARY, stranger, witness) if word in written] == []


@schema.parametrize()
@few
def test_the_web_chat_answers_made_up_requests_as_described(case: Any, siege: Siege) -> None:
    case.call_and_validate(base_url=f"http://127.0.0.1:{siege.port}", checks=[not_a_server_error])
