"""Planted words, names, numbers and ids are in no file, log or metric of the product, also after a kill in mid-turn."""

import asyncio
import contextlib
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import aiohttp
import pytest

from tests.postgres import Postgres
from tests.served import Served, served
from tests.served_people import Counsellor, WebChild

TOLD = "bố đánh em hoài, em sợ, em trốn ở xóm Cây Gạo Tím với con mèo Bích Ngà"
PLANTED = {
    "place": "xóm Cây Gạo Tím",
    "friend": "Bích Ngà",
    "nickname": "Sóc Lam Ngọc",
    "phone": "0987 123 450",
    "phone in one": "0987123450",
    "word": "chuồn chuồn kim tước",
    "counsellor": "cô nghe em kể chuyện vườn nhãn",
    "last words": "tối qua ở bến đò Mây Xám",
}


def forms(text: str) -> set[bytes]:
    """Return how a text may stand in a file: composed or not, wide, or escaped as JSON writes it."""
    spelled = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    spelled |= {one.casefold() for one in spelled}
    escaped = {json.dumps(one)[1:-1].encode() for one in spelled}
    return {one.encode(code) for one in spelled for code in ("utf-8", "utf-16-le")} | escaped


def found_in(files: Iterable[Path], planted: dict[str, str]) -> list[tuple[str, str]]:
    """Return what of the planted stands in which file."""
    found = []
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # of a database server that goes on working
            content = path.read_bytes()
            found += [
                (path.name, name) for name, text in planted.items() if any(form in content for form in forms(text))
            ]
    return found


async def talk(product: Served, child: WebChild) -> None:
    """Go the whole way: a disclosure, consent, agreed items, a counsellor, discreet mode."""
    for choice in ("role.child", "band.11-14"):
        await child.presses(choice)
    await child.says(TOLD)
    for choice in ("talk.now", "consent.conversation.yes", "consent.nickname.yes"):
        await child.presses(choice)
    await child.says(PLANTED["nickname"])
    for choice in ("consent.area.no", "consent.phone.yes"):
        await child.presses(choice)
    await child.says(PLANTED["phone"])
    await child.presses("discreet.on")
    await child.says(PLANTED["word"])
    async with Counsellor(product.url, await product.counsellor_token()) as counsellor:
        case, lease = await counsellor.take_next()
        seen = json.dumps(await counsellor.read(case), ensure_ascii=False)
        assert "bố đánh em hoài" in seen, "it is there, for who may read it"
        await counsellor.writes(case, lease, PLANTED["counsellor"])


async def die_in_mid_turn(product: Served, child: WebChild) -> None:
    """Send more and kill the process while it works on it."""
    sending = [asyncio.create_task(child.post(text=PLANTED["last words"])) for _ in range(5)]
    await asyncio.sleep(0.02)
    await product.kill()
    await asyncio.gather(*sending, return_exceptions=True)


async def metrics_of(product: Served) -> bytes:
    async with aiohttp.ClientSession(product.url) as client, client.get("/metrics") as answer:
        assert answer.status == 200
        return await answer.read()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_planted_is_found_anywhere(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    postgres: Postgres | None = request.getfixturevalue("postgres") if kind == "postgresql" else None
    url = postgres.fresh("canaries") if postgres is not None else None
    async with served(tmp_path / "house", TMPDIR=str(scratch), KHIEN_DATABASE_URL=url) as product:
        async with WebChild(product.url) as child:
            planted = PLANTED | {"session": child.session}
            await talk(product, child)
            counted = tmp_path / "metrics"
            counted.write_bytes(await metrics_of(product))
            await die_in_mid_turn(product, child)
        crashed = [path for path in tmp_path.rglob("*") if path.is_file()]
        crashed += [path for path in (postgres.socket_dir / "data").rglob("*") if path.is_file()] if postgres else []
        assert {"master.json", "output", "metrics"} <= {path.name for path in crashed}
        assert found_in(crashed, planted) == []
        await product.start()
        async with WebChild(product.url, session=child.session) as back:
            await back.presses("delete")
            await back.presses("delete.confirm")
        counted.write_bytes(await metrics_of(product))
        assert "erased.jsonl" in {path.name for path in product.data.iterdir()}
        assert found_in((path for path in tmp_path.rglob("*") if path.is_file()), planted) == []
    assert list(scratch.rglob("*")) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    for number, form in enumerate(forms(PLANTED["friend"])):
        (tmp_path / str(number)).write_bytes(b"\x00rest" + form + b"\xff")
    found = found_in(tmp_path.iterdir(), PLANTED)
    assert len(found) == len(list(tmp_path.iterdir())) > 4
    assert {name for _, name in found} == {"friend"}
