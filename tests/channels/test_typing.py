"""That an answer is on its way is shown once a message is stored, and only where it is true."""

import asyncio
from pathlib import Path

import pytest

from tests.channels import faults
from tests.channels.contract import Child, House, house, until
from tests.channels.test_zalo_bot import ZaloBotAdapter

QUIET_SECONDS = 0.3


def _signs(home: House) -> list[str]:
    assert isinstance(home.adapter, ZaloBotAdapter)
    return [values["chat_id"] for values in home.adapter.server.calls_of("sendChatAction")]


async def test_an_answer_is_announced_but_never_to_who_leaves(tmp_path: Path) -> None:
    async with house(tmp_path, ZaloBotAdapter()) as home:
        child = Child(home, "70001")
        await child.says("chào bạn")
        await until(lambda: _signs(home) == ["70001"])
        await child.says("thoát")
        await asyncio.sleep(QUIET_SECONDS)
        assert _signs(home) == ["70001"]


async def test_nobody_is_said_to_type_while_a_counsellor_is_there(tmp_path: Path) -> None:
    async with house(tmp_path, ZaloBotAdapter()) as home:
        child = Child(home, "70001")
        await child.agrees()
        await home.player(child.id).take_next()
        await home.rest()
        await until(lambda: len(_signs(home)) == len(home.taken))
        before = len(_signs(home))
        await child.says("dạ em ở nhà bà")
        await asyncio.sleep(QUIET_SECONDS)
        assert len(_signs(home)) == before


@pytest.mark.parametrize("fault", [faults.refused(400), faults.cut(), faults.quota()])
async def test_a_sign_that_fails_costs_nothing(tmp_path: Path, fault: faults.Fault) -> None:
    adapter = ZaloBotAdapter()
    async with house(tmp_path, adapter) as home:
        adapter.server.fail_next("sendChatAction", fault)
        await Child(home, "70001").says("chào bạn")
        assert adapter.server.answers("70001")
        assert adapter.server.deliveries == [200]


async def test_what_could_not_be_stored_is_not_said_to_be_answered(tmp_path: Path) -> None:
    adapter = ZaloBotAdapter()
    async with house(tmp_path, adapter) as home:
        home.is_broken = True
        await adapter.deliver("70001", text="chào bạn")
        await asyncio.sleep(QUIET_SECONDS)
        assert _signs(home) == []
