"""Rasa beside our listener, in one run: `python -m bench.rasa --rasa-python PATH` (see nlu/rasa/README.md).

Both learn the same lines, answer the same requests over HTTP on loopback in turn, and are asked about the same held-out
lines. Prints JSON. Not part of `make bench`: training alone takes minutes, and Rasa lives in an environment of its own.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from nlu.corpus import DATA, Line, corpus_files, load_corpus
from nlu.engine import Answer, as_sent, label_of, merge, read_answer
from nlu.listener import Listener
from nlu.rasa.export import Marked, export, read_marked, sample
from nlu.understanding import Understanding

SCRIPTS = Path(__file__).parent.parent / "nlu" / "rasa"
TICKS = os.sysconf("SC_CLK_TCK")
CLIENTS = (1, 8)
_READY_SECONDS = 300.0
_BUSY = 0.1  # cores that others use, above which a loop says little
_OK = 200


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server: where it is asked, its process, and how long it took to its first answer."""

    url: str
    pid: int
    startup_seconds: float


def main() -> None:
    if "--serve" in sys.argv[1:2]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(prog="python -m bench.rasa", description=__doc__)
    parser.add_argument("--rasa-python", type=Path, required=True, help="the python of Rasa's environment")
    parser.add_argument("--folder", type=Path, help="keep what is trained there, and use it again if it is there")
    parser.add_argument("--lines", type=int, default=2000, help="training lines, the same for both")
    parser.add_argument("--epochs", type=int, default=30, help="how often Rasa goes over them")
    parser.add_argument("--requests", type=int, default=400, help="requests in each measured loop")
    parser.add_argument("--rounds", type=int, default=5, help="loops of each kind, taken in turn")
    parser.add_argument("--only-train", action="store_true", help="stop after training; needs --folder")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="khien-rasa-")))
        trained = train(folder.resolve(), given.rasa_python, given.lines, given.epochs)
        if not given.only_train:
            figures = asyncio.run(measure(folder.resolve(), given.rasa_python, given.requests, given.rounds))
            print(json.dumps({**about(given.rasa_python), **trained, **figures}, indent=1))


def about(rasa_python: Path) -> dict[str, Any]:
    names = ("rasa", "tensorflow")
    script = (
        f"from importlib.metadata import version as v; print(*map(v, {names}), __import__('platform').python_version())"
    )
    said = subprocess.run([rasa_python, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "versions": {**dict(zip((*names, "rasa's python"), said, strict=True)), "python": platform.python_version()},
        "cores": os.cpu_count(),
    }


# --- training ------------------------------------------------------------------------------------------------------


def train(folder: Path, rasa_python: Path, lines: int, epochs: int) -> dict[str, Any]:
    """Train both on the same lines, unless that was done here before."""
    noted = folder / "trained.json"
    if noted.exists():
        kept: dict[str, Any] = json.loads(noted.read_text("utf-8"))
        return kept
    chosen = sample(read_marked("train"), lines)
    export(folder / "rasa", chosen, epochs)
    as_ours(folder, chosen)
    environment = {**os.environ, "RASA_VENV": str(rasa_python.parent.parent)}
    with (folder / "rasa.log").open("w") as log:
        rasa = timed(["sh", str(SCRIPTS / "train.sh"), str(folder / "rasa")], log, environment)
    with (folder / "ours.log").open("w") as log:
        command = [sys.executable, "-m", "nlu", "train", "--data", str(folder / "data"), "--out", str(folder / "model")]
        ours = timed(command, log, dict(os.environ))
    result = {"training": {"lines": len(chosen), "epochs": epochs, "rasa_seconds": rasa, "ours_seconds": ours}}
    noted.write_text(json.dumps(result), encoding="utf-8")
    return result


def as_ours(folder: Path, chosen: Sequence[Marked]) -> None:
    """Write the same lines for our own trainer: the labels as intents, the topics in the metadata."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    text = (folder / "rasa" / "data" / "nlu.yml").read_text("utf-8")
    (folder / "data" / "train_same.yml").write_text(re.sub(r"(?m)^(- intent: \w+)\+\w+$", r"\1", text), "utf-8")
    for path in corpus_files("dev", DATA):
        shutil.copy(path, folder / "data" / path.name)
    counted = {label_of(each.line.intent, each.line.topic) for each in chosen}
    print(f"{len(chosen)} lines, {len(counted)} labels", file=sys.stderr)


def timed(command: list[str], log: Any, environment: dict[str, str]) -> float:
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT, env=environment)
    return round(time.monotonic() - started, 1)


# --- serving -------------------------------------------------------------------------------------------------------


def serve(model: Path, port: int) -> None:
    """Serve our listener as Rasa is served: one process, JSON in, JSON out."""
    listener = Listener.load(model)

    async def parse(request: web.Request) -> web.Response:
        understood = listener.understand((await request.json())["text"])
        ranking = [{"name": understood.intent, "confidence": understood.confidence}]
        entities = [
            {"entity": each.label, "start": each.start, "end": each.end, "value": each.value or each.text}
            for each in understood.entities
        ]
        return web.json_response({"intent": ranking[0], "intent_ranking": ranking, "entities": entities})

    app = web.Application()
    app.router.add_post("/model/parse", parse)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


@contextlib.asynccontextmanager
async def running(
    session: aiohttp.ClientSession, command: list[str], log: Path, port: int, token: str
) -> AsyncIterator[Peer]:
    """Start a server, wait for its first answer, and end it. What it says goes to `log`."""
    started = time.monotonic()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, "KHIEN_RASA_TOKEN": token}, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}/model/parse?token={token}"
    try:
        while not await answers(session, url):
            if process.returncode is not None or time.monotonic() - started > _READY_SECONDS:
                raise RuntimeError(f"the server did not start: see {log}")
            await asyncio.sleep(0.05)
        yield Peer(url, process.pid, time.monotonic() - started)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def answers(session: aiohttp.ClientSession, url: str) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with session.post(url, json={"text": "xin chào"}) as response:
            return response.status == _OK
    return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


# --- measuring -----------------------------------------------------------------------------------------------------


async def measure(folder: Path, rasa_python: Path, requests: int, rounds: int) -> dict[str, Any]:
    # Not the dev lines, where there are others: our thresholds are set on those.
    held_out = load_corpus("test") or load_corpus("dev")
    texts = [line.text for line in held_out]
    random.Random(7).shuffle(texts)
    token, rasa_port, our_port = secrets.token_urlsafe(16), free_port(), free_port()
    os.environ["RASA_VENV"] = str(rasa_python.parent.parent)
    rasa_command = ["sh", str(SCRIPTS / "serve.sh"), str(folder / "rasa"), str(rasa_port)]
    our_command = [sys.executable, "-m", "bench.rasa", "--serve", str(folder / "model"), str(our_port)]
    same = Listener.load(folder / "model")
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=60)
        ) as session,
        running(session, rasa_command, folder / "serve_rasa.log", rasa_port, token) as rasa,
        running(session, our_command, folder / "serve_ours.log", our_port, token) as ours,
    ):
        peers = {"rasa": rasa, "ours": ours}
        idle = {name: megabytes(peer.pid) for name, peer in peers.items()}
        for peer in peers.values():
            await load(session, peer, texts, 100, 1)
        loops: dict[str, list[dict[str, float]]] = {}
        for _ in range(rounds):
            for clients in CLIENTS:
                for name, peer in peers.items():
                    loops.setdefault(f"{name}_{clients}", []).append(
                        await load(session, peer, texts, requests, clients)
                    )
            loops.setdefault("ours_called", []).append(call(same.understand, texts, requests))
        memory = {name: {"idle": idle[name], "after": megabytes(peer.pid)} for name, peer in peers.items()}
        parsed = [read_answer(await ask(session, rasa, line.text), line.text) for line in held_out]
    medians = {name: median(each) for name, each in loops.items()}
    return {
        "startup_seconds": {name: round(peer.startup_seconds, 2) for name, peer in peers.items()},
        "megabytes": memory,
        "loops": medians,
        "accuracy": accuracy(held_out, parsed, same),
        "rasa_per_ours": {
            "startup": round(rasa.startup_seconds / ours.startup_seconds, 1),
            "megabytes": round(memory["rasa"]["after"] / memory["ours"]["after"], 1),
            "p50": round(medians["rasa_1"]["p50_ms"] / medians["ours_1"]["p50_ms"], 1),
            "p99": round(medians["rasa_1"]["p99_ms"] / medians["ours_1"]["p99_ms"], 1),
            "per_second_8": round(medians["rasa_8"]["per_second"] / medians["ours_8"]["per_second"], 2),
        },
    }


async def ask(session: aiohttp.ClientSession, peer: Peer, text: str) -> Any:
    async with session.post(peer.url, json={"text": as_sent(text)[0]}) as response:
        if response.status != _OK:
            raise RuntimeError(f"status {response.status}")
        return await response.json()


async def load(
    session: aiohttp.ClientSession, peer: Peer, texts: Sequence[str], requests: int, clients: int
) -> dict[str, float]:
    """Send `requests` with `clients` at once; milliseconds as the client sees them."""
    spent: list[float] = []
    places = iter(range(requests))

    async def client() -> None:
        for place in places:
            began = time.perf_counter()
            await ask(session, peer, texts[place % len(texts)])
            spent.append(time.perf_counter() - began)

    used, all_used, mine, began = cpu(peer.pid), machine(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    wall, used = time.perf_counter() - began, cpu(peer.pid) - used
    others = (machine() - all_used - used - (time.process_time() - mine)) / wall
    return {**quantiles(spent), "per_second": requests / wall, "cpu_ms": 1e3 * used / requests, "others": others}


def call(understand: Callable[[str], Understanding], texts: Sequence[str], requests: int) -> dict[str, float]:
    """Call our listener in this process."""
    spent = []
    all_used, mine, began = machine(), time.process_time(), time.perf_counter()
    for place in range(requests):
        started = time.perf_counter()
        understand(texts[place % len(texts)])
        spent.append(time.perf_counter() - started)
    wall, used = time.perf_counter() - began, time.process_time() - mine
    others = (machine() - all_used - used) / wall
    return {**quantiles(spent), "per_second": requests / wall, "cpu_ms": 1e3 * used / requests, "others": others}


def quantiles(spent: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(spent, n=100)
    return {f"p{at}_ms": 1e3 * cuts[at - 1] for at in (50, 95, 99)}


def median(loops: Sequence[dict[str, float]]) -> dict[str, float]:
    """The middle of the loops that nobody disturbed, or of all where there is none such."""
    quiet = [each for each in loops if each["others"] <= _BUSY]
    chosen = quiet or loops
    middle = {name: round(statistics.median(each[name] for each in chosen), 2) for name in chosen[0]}
    return {**middle, "quiet_loops": len(quiet), "loops": len(loops)}


def cpu(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def machine() -> float:
    """Seconds of processor that everybody has used."""
    fields = [int(each) for each in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def megabytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


# --- accuracy ------------------------------------------------------------------------------------------------------


def accuracy(held_out: Sequence[Line], parsed: Sequence[Answer], same: Listener) -> dict[str, Any]:
    """Shares of held-out lines with the right intent and topic: Rasa, ours of the same lines, and ours as shipped."""
    shipped = Listener.load()
    ours = [shipped.understand(line.text, role=line.role or None) for line in held_out]
    merged = [
        merge(understood, answer, line.role) for understood, answer, line in zip(ours, parsed, held_out, strict=True)
    ]
    gold = [line.intent for line in held_out]
    raised = [
        line.disclosure
        for line, before, after in zip(held_out, ours, merged, strict=True)
        if before.decision != after.decision
    ]
    taught = [same.understand(line.text, role=line.role or None) for line in held_out]
    # Where Rasa does not know, our engine answers; "" counts as wrong here.
    rasa = scores(gold, [answer.intent or "" for answer in parsed])
    return {
        "held_out_lines": len(held_out),
        "rasa": {**rasa, "topic": share(held_out, [answer.topic or "none" for answer in parsed])},
        "ours_same_lines": {**of(taught, gold), "topic": share(held_out, [each.topic for each in taught])},
        "ours_shipped": {**of(ours, gold), "topic": share(held_out, [each.topic for each in ours])},
        "shipped_with_rasa": {**of(merged, gold), "topic": share(held_out, [each.topic for each in merged])},
        "raised_to_borderline": {name: raised.count(name) for name in ("disclosure", "borderline", "none")},
    }


def of(understood: Sequence[Understanding], gold: Sequence[str]) -> dict[str, float]:
    return scores(gold, [each.intent for each in understood])


def share(held_out: Sequence[Line], topics: Sequence[str]) -> float:
    """How often the topic is right, outside disclosures, where none is taken from Rasa."""
    right = [line.topic == topic for line, topic in zip(held_out, topics, strict=True) if line.intent != "disclose"]
    return round(statistics.mean(right), 4)


def scores(gold: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    """Accuracy, and the mean over intents of F1."""
    each = []
    for name in sorted(set(gold)):
        right = sum(one == other == name for one, other in zip(gold, said, strict=True))
        each.append(2 * right / (gold.count(name) + list(said).count(name)))
    right = sum(one == other for one, other in zip(gold, said, strict=True))
    return {"accuracy": round(right / len(gold), 4), "macro_f1": round(statistics.mean(each), 4)}


if __name__ == "__main__":
    main()
