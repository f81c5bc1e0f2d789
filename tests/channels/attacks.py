"""What should never come through a door: bytes of a whole request, and what must not come of them."""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.channels.anything import ANYTHING, bent
from tests.channels.doors import CANARY, JSON, Door, forged

_LONG = 1024 * 1024 + 4096  # more than any door takes
_BOMB = gzip.compress(b"[" * 30_000_000, 9)
_IDS = frozenset({"update_id", "message_id", "msg_id", "mid", "id"})
_Headers = list[tuple[bytes, bytes]]

# What parsers, databases and clocks trip over.
_NASTY: st.SearchStrategy[Any] = st.sampled_from(
    (
        10**4000, -(10**30), 2**63, 2**31, 10**15, -1, 0, 1e308, float("inf"), float("nan"), True, None, "", " ", "0",
        "\ud800", "\udfff" + CANARY, "\x00", f"\x00{CANARY}", "\u202e", "a" * 300, "9" * 5000, "١٢٣", "²", "#exit",
        "#consent.conversation.yes", "/thoat", "-1", "1e9", [], {}, [[]], {"": None}, ["a"] * 500, "private", "PRIVATE",
        {"id": {"id": 1}}, [{"id": "1"}], "/" + "x" * 4096, "%s%n{}${{7*7}}", "'; drop table inbox; --",
    )
)  # fmt: skip
VALUES = ANYTHING | _NASTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One request."""

    kind: str
    raw: bytes
    allowed: frozenset[int] | None = None  # what must be answered; None: anything but a server's error
    may_act: bool = False  # it is proved, so that something may come of it
    hangs_up: bool = False  # the line is cut as soon as it is sent
    in_two: bool = False  # the body comes a little later than what stands before it


def attacks(door: Door, stranger: tuple[JSON, ...], witness: tuple[JSON, ...]) -> st.SearchStrategy[Attack]:
    """Draw attacks on a door; what may act speaks of the stranger, all else of the witness."""
    real = st.sampled_from(witness)
    return st.one_of(
        _noise(door),
        _forged(door, real),
        _bent(door, st.sampled_from(stranger)),
        _broken(door, real),
        _cut_off(door, real),
        _deep(door),
        _encoded(door, real),
        _framed(door, real),
        st.just(replayed(door, witness[0])),
    )


def request(door: Door, body: bytes, *more: tuple[bytes, bytes], proof: str | bytes | None = None) -> bytes:
    """Return a whole request, proved rightly where no other proof is given."""
    headers: _Headers = [(b"Content-Length", str(len(body)).encode()), *more]
    return _raw(door, [*_proof(door, door.proof(body) if proof is None else proof), *headers], body)


def replayed(door: Door, event: JSON) -> Attack:
    """Bring something once more that came before."""
    return Attack(kind="replayed", raw=request(door, _dumps(event)), allowed=frozenset({200, 204}))


def _raw(door: Door, headers: _Headers, body: bytes, *, method: bytes = b"POST", version: bytes = b"HTTP/1.1") -> bytes:
    lines = [b"%s %s %s" % (method, door.path.encode(), version), b"Host: khien.example", b"Connection: close"]
    if not any(name.lower() == b"content-type" for name, _ in headers):
        lines.append(b"Content-Type: application/json")
    return b"\r\n".join([*lines, *(name + b": " + value for name, value in headers)]) + b"\r\n\r\n" + body


def _proof(door: Door, proof: str | bytes) -> _Headers:
    if door.header is None:
        return []
    return [(door.header.encode(), proof.encode() if isinstance(proof, str) else proof)]


def _dumps(value: Any, *, ascii_only: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


def _is_known(door: Door) -> bool:
    """Tell whether whoever sends has proved something before the body is read."""
    return door.header is not None


def _refused(door: Door) -> frozenset[int]:
    """Return what a body that is nothing may be answered with, although it is proved."""
    return frozenset({200, 400, 401, 413}) if _is_known(door) else frozenset({400, 422})


@st.composite
def _noise(draw: st.DrawFn, door: Door) -> Attack:
    body = CANARY.encode() + draw(st.binary(max_size=200))
    return Attack(kind="noise", raw=request(door, body), allowed=_refused(door))


@st.composite
def _forged(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    event = draw(real)
    if not _is_known(door):
        event = event | {"session": draw(st.sampled_from(("A" * 22, "0" * 8, "x" * 128, "........")))}
        return Attack(kind="forged", raw=request(door, _dumps(event)), allowed=door.turns_away)
    body = _dumps(event)
    right = door.proof(body)
    wrong = draw(
        st.sampled_from(
            (b"", right[:-1].encode(), right.encode() + b"0", right.swapcase().encode() + b".", forged(body).encode(),
             b"mac=", b"sha256=", b"\xff\xfe", "bí mật".encode(), right[::-1].encode(), b"null", b"a" * 4000)
        )
        | st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n\x00"))
    )  # fmt: skip
    headers = _proof(door, wrong.strip())
    if draw(st.booleans()):
        headers += _proof(door, forged(body))  # the name twice, both wrong
    length = (b"Content-Length", str(len(body)).encode())
    return Attack(kind="forged", raw=_raw(door, [*headers, length], body), allowed=door.turns_away | {400})


@st.composite
def _bent(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    event = _renumbered(draw(bent(real, VALUES)), draw(st.integers(10_000, 10**9)))
    body = _dumps(event, ascii_only=draw(st.booleans()))
    return Attack(kind="bent", raw=request(door, body), may_act=True)


@st.composite
def _broken(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    body = _dumps(draw(real))
    at = draw(st.integers(0, len(body) - 1))
    body = body[:at] if draw(st.booleans()) else body[:at] + b"\xff" + body[at:]
    return Attack(kind="broken", raw=request(door, body), allowed=_refused(door))


@st.composite
def _cut_off(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    raw = request(door, _dumps(draw(real)))
    return Attack(kind="cut off", raw=raw[: draw(st.integers(1, len(raw) - 1))], hangs_up=True)


@st.composite
def _deep(draw: st.DrawFn, door: Door) -> Attack:
    depth = draw(st.sampled_from((50, 900, 1100, 5000, 60_000)))
    opening, closing = draw(st.sampled_from(((b"[", b"]"), (b'{"message":', b"}"), (b'{"entry":[', b"]}"))))
    core = b'"' + CANARY.encode() + b'"'
    body = opening * depth + core + (closing * depth if draw(st.booleans()) else b"")
    return Attack(kind="deep", raw=request(door, body), allowed=_refused(door))


@st.composite
def _encoded(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    """Say that a body is packed or written otherwise than it is."""
    body = _dumps(draw(real))
    packed, encoding = draw(
        st.sampled_from(
            ((body, b"gzip"), (body, b"deflate"), (body, b"br"), (body, b"zstd"), (gzip.compress(body)[:30], b"gzip"),
             (zlib.compress(body)[:20], b"deflate"), (_BOMB, b"gzip"), (gzip.compress(gzip.compress(body)), b"gzip"),
             (CANARY.encode("utf-16"), b"identity"), (CANARY.encode("utf-32"), b"nonsense"), (b"", b"gzip"))
        )
    )  # fmt: skip
    charset = draw(st.sampled_from((b"utf-16", b"latin-1", b"nonsense", b"utf-7", b"\xff")))
    kind = draw(st.sampled_from((b"application/json", b"text/plain", b"multipart/form-data", b"")))
    more = ((b"Content-Encoding", encoding), (b"Content-Type", kind + b"; charset=" + charset))
    if packed is body and encoding in {b"br", b"zstd"}:
        # A name that is not known here may be passed over, and then the event is as it was: proved wrongly.
        proof = forged(body) if _is_known(door) else ""
        return Attack(kind="encoded", raw=request(door, b"\xff" + body, *more, proof=proof))
    raw = request(door, packed, *more)
    return Attack(kind="encoded", raw=raw, allowed=_refused(door) | {401, 408}, in_two=draw(st.booleans()))


@st.composite
def _framed(draw: st.DrawFn, door: Door, real: st.SearchStrategy[JSON]) -> Attack:
    """Break the rules of HTTP around a real event, with a wrong proof."""
    body = _dumps(draw(real) | ({} if _is_known(door) else {"session": "A" * 22}))
    if draw(st.integers(0, 4)) == 0:
        return Attack(kind="framed", raw=draw(st.sampled_from(_UNFINISHED))(door, body), hangs_up=True)
    return Attack(kind="framed", raw=draw(st.sampled_from(_FRAMES))(door, body))


def _renumbered(value: Any, number: int) -> Any:
    """Give every message a number that did not come before, in the shape that its number has."""
    if isinstance(value, list):
        return [_renumbered(part, number) for part in value]
    if not isinstance(value, dict):
        return value
    return {key: _number(part, number) if key in _IDS else _renumbered(part, number) for key, part in value.items()}


def _number(value: Any, number: int) -> Any:
    if isinstance(value, str) and 0 < len(value) < 8:
        return f"m{number}"
    return number if isinstance(value, int) and 0 < value < 10_000 else _renumbered(value, number)


def _wrong(door: Door, body: bytes) -> _Headers:
    return _proof(door, forged(body))


def _framed_by(*headers: tuple[bytes, bytes], around: Callable[[bytes], bytes] = lambda body: body) -> Any:
    return lambda door, body: _raw(door, [*_wrong(door, body), *headers], around(body))


_FRAMES: tuple[Callable[[Door, bytes], bytes], ...] = (
    _framed_by((b"Content-Length", b"-1")),
    _framed_by((b"Content-Length", b"5"), (b"Content-Length", b"6")),
    _framed_by((b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked")),
    _framed_by((b"Transfer-Encoding", b"chunked"), around=lambda body: b"zz\r\n" + body),
    _framed_by((b"Transfer-Encoding", b"chunked"), around=lambda body: b"-5\r\n" + body + b"\r\n0\r\n\r\n"),
    _framed_by((b"Transfer-Encoding", b"chunked"), around=lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    _framed_by(
        (b"Transfer-Encoding", b"chunked"), around=lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (_LONG, body.ljust(_LONG))
    ),
    _framed_by((b"Content-Length", str(_LONG).encode()), around=lambda body: body.ljust(_LONG)),
    _framed_by((b"X-Long", CANARY.encode() * 1000), (b"Content-Length", b"0")),
    _framed_by((b"X Bad", b"1"), (b"Content-Length", b"0")),
    _framed_by((b"X-Nul", b"\x00" + CANARY.encode()), (b"Content-Length", b"0")),
    _framed_by((b"Expect", b"100-continue"), (b"Content-Length", b"2"), around=lambda _: b"{}"),
    _framed_by((b"Expect", b"nonsense"), (b"Content-Length", b"0"), around=lambda _: b""),
    lambda door, _: _raw(door, [(b"Content-Length", b"0")], b"", method=b"GET"),
    lambda door, _: _raw(door, [(b"Content-Length", b"0")], b"", method=b"BREW"),
    lambda door, body: _raw(door, _wrong(door, body), body, version=b"HTTP/9.9"),
    lambda door, body: _raw(door, _wrong(door, body), body, version=CANARY.encode()),
)
# Here the server waits for more.
_UNFINISHED: tuple[Callable[[Door, bytes], bytes], ...] = (
    _framed_by((b"Content-Length", b"9" * 30)),
    _framed_by((b"Transfer-Encoding", b"nonsense")),
    _framed_by((b"Transfer-Encoding", b"chunked"), around=lambda body: b"%x\r\n%s" % (len(body), body)),
    lambda _, body: b"\x16\x03\x01" + body,
    lambda _, body: body + b"\r\n\r\n",
)
