"""Measures the listener: microseconds a message, memory, load time; prints one JSON object.

usage: python -m bench.nlu (from the root of the repository; run as a file it would hide the package it measures)
"""

import json
import resource
import statistics
import time
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlu.corpus import load_corpus, ordinary
from nlu.listener import Listener


def measure() -> dict[str, object]:
    """Return load time, memory and microseconds a message, on one core."""
    with threadpool_limits(limits=1):
        return _measured()


def _measured() -> dict[str, object]:
    before = resident_mebibytes()
    started = time.perf_counter()
    listener = Listener.load()
    loaded = time.perf_counter() - started
    listener.understand("chào bạn")  # the encoder unpacks itself at its first message
    resident = resident_mebibytes()
    lines = load_corpus("dev")
    texts = [line.text for line in lines]
    train = load_corpus("train")
    talk = [line.text for line, plain in zip(train, ordinary(train), strict=True) if plain][:: len(train) // 1000]
    for text in texts[:100]:
        listener.understand(text)
    long = " ".join(texts)[:10_000]
    return {
        "load_seconds": round(loaded, 3),
        "model_mebibytes_resident": round(resident - before, 1),
        "process_mebibytes_resident": round(resident, 1),
        "messages": len(texts),
        "microseconds": microseconds(listener, texts),
        "microseconds_ordinary_talk": microseconds(listener, talk),
        "share_read_by_the_encoder": asked(listener, texts),
        "share_of_ordinary_talk_read_by_the_encoder": asked(listener, talk),
        "microseconds_with_context": microseconds(listener, texts, context=True),
        "microseconds_10000_letters": round(min(timed(listener, long, ()) for _ in range(5))),
    }


def main() -> None:
    print(json.dumps(measure(), indent=1))


def resident_mebibytes() -> float:
    """Return what this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def asked(listener: Listener, texts: list[str]) -> float:
    return round(sum(listener.grounds(text).encoder_asked for text in texts) / len(texts), 3)


def microseconds(listener: Listener, texts: list[str], *, context: bool = False) -> dict[str, int]:
    spent = [timed(listener, text, texts[max(0, at - 4) : at] if context else ()) for at, text in enumerate(texts)]
    cuts = statistics.quantiles(spent, n=100)
    return {"p50": round(cuts[49]), "p99": round(cuts[98])}


def timed(listener: Listener, text: str, context: list[str] | tuple[str, ...]) -> float:
    began = time.perf_counter()
    listener.understand(text, context)
    return (time.perf_counter() - began) * 1e6


if __name__ == "__main__":
    main()
