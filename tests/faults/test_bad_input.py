"""What no page of ours would ever send: never a 5xx, never a lost message, never a word where it does not belong."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from escalation.tables import cases, consent
from store import conversations
from store.conversations import message_place
from store.tables import message
from tests.served import PASSWORD, Served, served
from tests.served_people import WebChild, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

METRICS_TOKEN = "metrics-canary-token"
DISCLOSURE = "em bi danh o truong, ngay nao tui no cung chan duong danh em"
# Words that occur nowhere but in what a child sends; whatever holds one of them has kept a child's words.
CANARIES = ("Chimyenlan", "chim-yen-duong-pho-77", "Quaquynhgiao", "0987001234")
SESSION_CANARY = "phien-bi-mat-cua-chim-yen"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served(tmp_path_factory.mktemp("bad-input") / "house", KHIEN_METRICS_TOKEN=METRICS_TOKEN) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def child(product: Served) -> AsyncIterator[WebChild]:
    async with WebChild(product.url) as someone:
        yield someone


async def raw(product: Served, head: str, *parts: bytes, wait: float = 0.2) -> tuple[int, bytes]:
    """Write bytes as they are, part by part; returns status and body. 0 where the server only hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", product.port)
    lines = [*head.split("\n"), "Host: 127.0.0.1", "Connection: close", f"Content-Length: {sum(map(len, parts))}"]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    for number, part in enumerate(parts):
        if number:
            await writer.drain()
            await asyncio.sleep(wait)
        writer.write(part)
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    status, _, rest = answer.partition(b"\r\n")
    return int(status.split()[1]) if status else 0, rest.partition(b"\r\n\r\n")[2]


async def post_bytes(child: WebChild, body: bytes, **headers: str) -> tuple[int, str]:
    sent = {"Content-Type": "application/json"} | headers
    async with child.client.post("/chat/api/messages", data=io.BytesIO(body), headers=sent) as response:
        return response.status, await response.text()


async def kept(product: Served, child: WebChild) -> list[str]:
    """Return what stands in the transcript of this child, as it wrote it."""
    async with product.opened() as (database, vault), database.reading() as unit:
        held = await conversations.find(unit, vault, "web", child.session)
        assert held is not None
        mine = message.select().where(message.c.conversation_id == held.id, message.c.author == "child")
        rows = (await unit.execute(mine.order_by(message.c.seq))).all()
        return [held.sealer.open(message_place(row.seq), row.body_sealed)["text"] for row in rows]


def bodies(session: str) -> Iterator[bytes]:
    """Yield everything that is no message."""
    good: dict[str, Any] = {"session": session, "id": "x", "text": "chào"}
    yield from (b"", b"{", b"null", b"[]", b"3", b'"chao"', b"\xff\xfe", b"[" * 100_000, b"{}", b"\x00", b"1" * 6000)
    yield b'{"session":' * 5000
    for name in good:
        for wrong in (None, 3, 1.5, True, [], {}, ["chào"], {"a": "b"}):
            yield json.dumps(good | {name: wrong}).encode()
        yield json.dumps({other: value for other, value in good.items() if other != name}).encode()
    for wrong_body in (
        good | {"choice": "menu"},
        good | {"more": 1},
        good | {"id": ""},
        good | {"id": "x" * 101},
        good | {"session": "short"},
        good | {"session": "s" * 200},
        good | {"text": "a" * 20_001},
    ):
        yield json.dumps(wrong_body).encode()
    for choice in ("", "MENU", "menu ", "menu\n", "../menu", "x" * 65, "menu\x00", "thoát", 7):
        yield json.dumps({"session": session, "id": "x", "choice": choice}).encode()
    yield b'{"session":"' + session.encode() + b'","id":"x","text":NaN}'


# --- bodies ---


async def test_what_is_no_message_is_refused_in_words(child: WebChild, product: Served) -> None:
    for body in bodies(child.session):
        status, answer = await post_bytes(child, body)
        assert status == 422, (body[:80], status)
        assert json.loads(answer)["error"]
    assert await child.says("chào bạn")
    assert await kept(product, child) == ["chào bạn"]


async def test_refusals_that_a_child_may_read_are_in_vietnamese(child: WebChild) -> None:
    for body in (b"{", json.dumps({"session": child.session, "id": "x", "text": "a" * 20_001}).encode()):
        _, answer = await post_bytes(child, body)
        assert any(letter in json.loads(answer)["error"] for letter in "ạăâđêôơưáàảãéèíìóòúùýếệấậốộớợứự"), answer


async def test_a_huge_body_is_refused_and_does_no_harm(child: WebChild) -> None:
    for size in (300_000, 1_500_000, 8_000_000):
        text = json.dumps({"session": child.session, "id": "x", "text": "a" * size}).encode()
        try:
            status, _ = await post_bytes(child, text)
        except aiohttp.ClientError:
            continue  # the server hung up in the middle of it: as good as a refusal
        assert 400 <= status < 500
    assert await child.says("chào bạn")


@pytest.mark.parametrize("parts", [2, 5])
async def test_a_body_in_pieces_is_one_message(child: WebChild, product: Served, parts: int) -> None:
    text = f"{DISCLOSURE}. " + "Em kể thêm một chút nữa. " * 40
    body = json.dumps({"session": child.session, "id": "in-pieces", "text": text}).encode()
    size = len(body) // parts + 1
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    status, answer = await raw(product, "POST /chat/api/messages HTTP/1.1", *pieces)
    assert status == 200, answer
    assert b"111" in answer
    assert await kept(product, child) == [text]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
async def test_a_wrong_content_encoding_is_no_failure(child: WebChild, product: Served, encoding: str) -> None:
    body = json.dumps({"session": child.session, "id": "encoded", "text": "chào"}).encode()
    head = f"POST /chat/api/messages HTTP/1.1\nContent-Encoding: {encoding}"
    status, _ = await raw(product, head, body)
    assert status < 500


async def test_a_body_that_is_cut_off_is_no_message(child: WebChild, product: Served) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", product.port)
    body = json.dumps({"session": child.session, "id": "cut", "text": "chưa nói hết"}).encode()
    head = f"POST /chat/api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body[:-10])
    await writer.drain()
    writer.close()
    assert await child.says("chào bạn")
    assert await kept(product, child) == ["chào bạn"]


# --- texts ---


@pytest.mark.parametrize(
    "text",
    [
        "em kể chuyện " * 770,  # ten thousand characters
        "",
        "   \n\t  ",
        "😭😭😭",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "a\u0000b\u0000",
        "\u0000",
        "\u202eđảo ngược\u202c",
        "e\u0301" * 3000,
        "<script>alert(1)</script>' OR 1=1; --",
        "{name} {0} %s %(x)s ${x} {{7*7}}",
        "\ufeff\uffff\U0010ffff",
        "ộ" * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)
async def test_any_text_is_kept_and_answered_kindly(child: WebChild, product: Served, text: str) -> None:
    for reply in await child.says(text):
        assert reply["from"] == "bot"
        assert reply["text"]
        assert "trục trặc" not in reply["text"]
    assert await kept(product, child) == [text]


async def test_ten_thousand_characters_hide_no_disclosure(child: WebChild) -> None:
    replies = await child.says("em đi học về rồi em chơi với con mèo. " * 264 + DISCLOSURE)
    assert "111" in replies[0]["text"]
    assert "safe.no" in [choice["id"] for choice in replies[0]["choices"]]


@pytest.mark.parametrize("surrogate", [r"\ud83d", r"\ude2d", r"\ud83d x \ude2d"])
async def test_half_a_picture_sign_does_not_cost_the_message(child: WebChild, surrogate: str) -> None:
    body = json.dumps({"session": child.session, "id": "half", "text": f"{DISCLOSURE} HALF"}).replace("HALF", surrogate)
    status, answer = await post_bytes(child, body.encode())
    assert status == 200, answer
    assert "111" in answer


@pytest.mark.parametrize("name", [r"\ud83d", r"a\u0000b", r"\u0000"])
async def test_an_odd_id_is_an_id_or_refused(child: WebChild, name: str) -> None:
    body = f'{{"session": "{child.session}", "id": "{name}", "text": "chào"}}'
    status, _ = await post_bytes(child, body.encode())
    assert status in {200, 422}


# --- repetition, floods, order ---


async def test_one_id_fifty_times_at_once_is_one_message(child: WebChild, product: Served) -> None:
    answers = await asyncio.gather(*(child.post(id="same", text="chào bạn") for _ in range(50)))
    assert {status for status, _ in answers} == {200}
    assert len({json.dumps(answer, sort_keys=True) for _, answer in answers}) == 1
    assert answers[0][1]["replies"]
    assert await child.says("chào bạn", id="same") == answers[0][1]["replies"]
    assert await kept(product, child) == ["chào bạn"]


async def test_an_id_keeps_its_first_words(child: WebChild, product: Served) -> None:
    first = await child.says("chào bạn", id="one")
    assert await child.says("khác hẳn", id="one") == first
    assert await kept(product, child) == ["chào bạn"]


async def test_the_same_id_of_another_child_is_another_message(child: WebChild, product: Served) -> None:
    async with WebChild(product.url) as other:
        assert await child.says("chào bạn", id="shared")
        assert await other.says("chào bạn", id="shared")
        assert await kept(product, other) == ["chào bạn"]


async def test_a_hundred_messages_in_a_second(child: WebChild, product: Served) -> None:
    texts = [f"tin thứ {number}" for number in range(100)]
    answers = await asyncio.gather(*(child.post(id=text, text=text) for text in texts))
    assert {status for status, _ in answers} == {200}
    assert sorted(await kept(product, child)) == sorted(texts)
    shown = [reply["id"] for _, answer in answers for reply in answer["replies"]]
    assert shown
    assert len(shown) == len(set(shown))


async def test_a_flood_of_one_child_does_not_hold_up_another(child: WebChild, product: Served) -> None:
    async with WebChild(product.url) as flooding:
        flood = [asyncio.create_task(flooding.post(text=f"tin thứ {number}")) for number in range(150)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(8):
            replies = await child.says(DISCLOSURE)
        assert "111" in replies[0]["text"]
        await asyncio.gather(*flood)


async def test_answers_to_questions_never_asked_record_nothing(child: WebChild, product: Served) -> None:
    for choice in ("consent.conversation.yes", "withdraw.confirm", "delete.confirm", "answer.2", "consent.phone.yes"):
        await child.presses(choice)
    await child.says("chào bạn")
    for choice in (
        "poll.1",
        "item.skip",
        "counsellor.end",
        "next",
        "stop",
        "safe.no",
        "no.such.choice",
        "discreet.off",
    ):
        await child.presses(choice)
    async with product.opened() as (database, _), database.reading() as unit:
        assert (await unit.execute(cases.select())).all() == []
        assert (await unit.execute(consent.select())).all() == []


# --- doors ---


async def test_an_unknown_session_is_told_so(child: WebChild) -> None:
    for session in ("nobody-knows-this", "0" * 22, "' OR 1=1 --", "a\u0000bcdefgh", "ế" * 20):
        status, answer = await child.post(session=session, text="chào")
        assert status == 404
        assert answer["error"]
        async with child.client.get("/chat/api/events", params={"session": session}) as response:
            assert response.status == 404
    async with child.client.get("/chat/api/events") as response:
        assert response.status == 404


async def test_the_stream_survives_a_strange_place_to_resume(child: WebChild, product: Served) -> None:
    async def stays_open(last: str) -> bool:
        query = {"session": child.session, "last": last}
        async with child.client.get("/chat/api/events", params=query) as stream:
            assert stream.status == 200
            try:
                async with asyncio.timeout(2):  # one look and one poll: a stream that fails ends within it
                    while await stream.content.readany():
                        pass
            except TimeoutError:
                return True
            return False

    places = ("²", "9" * 30, "-1", "x", "1.5", "٣", "9" * 5000, "2147483648", "")
    assert all(await asyncio.gather(*(stays_open(last) for last in places)))
    assert "Traceback" not in product.output


@pytest.mark.parametrize("header", ["Authorization: Bearer \xe9", "Authorization: Bearer wrong", "Authorization: \xff"])
@pytest.mark.parametrize(("path", "refusal"), [("/metrics", 403), ("/api/v1/cases", 401)])
async def test_a_wrong_secret_is_refused(product: Served, path: str, refusal: int, header: str) -> None:
    assert (await raw(product, f"GET {path} HTTP/1.1\n{header}"))[0] == refusal


@pytest.mark.parametrize("cookie", ["__Host-khien=\xe9", "__Host-khien=wrong", "__Host-khien=", "\xff=\xff", ";;;=;"])
async def test_a_wrong_cookie_leads_to_the_door(product: Served, cookie: str) -> None:
    assert (await raw(product, f"GET /desk/ HTTP/1.1\nCookie: {cookie}"))[0] == 303
    assert (await raw(product, f"POST /desk/next HTTP/1.1\nAccept: application/json\nCookie: {cookie}"))[0] == 401


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=nonsense",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "\xff",
    ],
)
@pytest.mark.parametrize(
    "body", [b"name=%00%ff&password=%ed%a0%80&code=1", b"--x\r\n\r\n", b"\xff" * 99, b"a" * 70_000]
)
async def test_the_door_of_the_desk_takes_any_form(product: Served, kind: str, body: bytes) -> None:
    status, _ = await raw(product, f"POST /desk/sign-in HTTP/1.1\nContent-Type: {kind}", body)
    assert 400 <= status < 500


async def test_unknown_addresses_and_methods_are_refused(product: Served) -> None:
    paths = ("/", "/chat/api/sessions", "/chat/api/messages", "/chat/api/events", "/healthz", "/metrics", "/desk/")
    strange = (
        "/nothing", "//", "/chat/api", "/chat/api/messages/1", "/desk/cases/%00", "/desk/cases/%ff/events",
        "/test/clock",
        "/desk/setup/%00", "/desk/setup/" + "x" * 3000, "/api/v1/cases/%00", "/api/v2", "/channels/telegram", "/%ff",
        "/chat/static/..%2f..%2f..%2f..%2fsettings.py", "/chat/static/../../../settings.py", "/chat/static/%00",
        "/desk/static/..%2fapp.py", "/chat/static/", "/?x=%ff&y=\xff",
    )  # fmt: skip
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        for path in paths + strange:
            if method == "GET" and path == "/chat/api/events":
                continue
            status, body = await raw(product, f"{method} {path} HTTP/1.1")
            assert status < 500, (method, path, status)
            assert b"class Settings" not in body
            assert b"def desk_app" not in body
    for line in ("GARBAGE", "GET", "GET / HTTP/9.9", "\x16\x03\x01", "GET / HTTP/1.1\nBad Header", "G" * 20_000):
        assert (await raw(product, line))[0] in {0, 400, 404, 405, 505}
    async with WebChild(product.url) as someone:
        assert await someone.says("chào bạn")


async def test_the_clock_of_the_tests_is_not_there(product: Served) -> None:
    body = b'{"advance_seconds": 1}'
    assert (await raw(product, "POST /test/clock HTTP/1.1\nContent-Type: application/json", body))[0] == 404


# --- what must stay where it is ---


def _everything_in(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


async def test_no_word_of_a_child_is_found_anywhere(product: Served, child: WebChild) -> None:
    """Runs last: everything that the tests above provoked is in the output by now."""
    said, address, nickname, phone = CANARIES
    child.listen()
    await child.says(f"con tên {said}, {DISCLOSURE}, nhà con ở {address}, số {phone}")
    for word in ("gặp cô chú 111", "đồng ý"):
        await child.says(word)
    await child.presses("consent.nickname.yes")
    await child.says(nickname)
    await child.presses("consent.area.no")
    await child.presses("consent.phone.yes")
    await child.says(phone)
    await post_bytes(child, json.dumps({"session": child.session, "id": "x", "text": [said]}).encode())
    await post_bytes(child, f'{{"session": "{child.session}", "text": "{said}'.encode())
    await post_bytes(child, json.dumps({"session": SESSION_CANARY, "id": "x", "text": said}).encode())
    async with child.client.get("/chat/api/events", params={"session": SESSION_CANARY}):
        pass
    async with child.client.get(f"/{said}", params={"session": child.session, "q": nickname}) as lost:
        assert lost.status == 404
        assert said not in await lost.text()
    wrong = {"name": said, "password": PASSWORD + nickname, "code": "123456"}
    async with child.client.post("/desk/sign-in", data=wrong) as refused:
        assert refused.status == 401
    async with product.opened() as (database, _), database.reading() as unit:
        assert len((await unit.execute(cases.select())).all()) == 1

    async def read_by_nobody() -> bytes:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        async with child.client.get("/metrics", headers=headers) as response:
            return await response.read() if response.status == 200 else b""

    metrics = await until(read_by_nobody)
    assert b"khien_turns_total" in metrics
    secret = [*CANARIES, SESSION_CANARY, child.session, PASSWORD]
    needles = {form for word in secret for form in (word.encode(), word.encode("utf-16-le"), word.lower().encode())}
    needles |= {json.dumps(word).strip('"').encode() for word in secret}
    places = [*_everything_in(product.data), (Path("metrics"), metrics), (Path("output"), product.output.encode())]
    assert {path.suffix for path, _ in places} >= {".sqlite3", ".sqlite3-wal", ".json"}
    found = [(path.name, needle) for path, content in places for needle in needles if needle in content]
    assert found == []


async def test_nothing_that_happened_left_a_traceback(product: Served) -> None:
    """Runs behind all others: a traceback may quote what was sent."""
    assert "Traceback" not in product.output
    events = [json.loads(line)["event"] for line in product.output.splitlines() if line.startswith("{")]
    assert not {"turn_failed", "inbox_row_parked", "loop_failed", "desk.failed", "staff_api.failed"} & set(events)
