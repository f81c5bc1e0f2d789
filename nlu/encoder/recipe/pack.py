"""Rounds a tuned network to int8 rows and writes it as `nlu.encoder.reader` wants it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.encoder.reader import FILE
from nlu.encoder.recipe.source import Source


def pack(
    folder: Path,
    *,
    pieces: tuple[Source, Sequence[int]],
    layers: Sequence[int],
    weights: Mapping[str, NDArray[Any]],
    heads: int,
    about: Mapping[str, Any],
) -> None:
    """Write encoder.npz: matrices as int8 rows with a scale each, vectors as fp16, the vocabulary as JSON."""
    source, keep = pieces
    arrays: dict[str, NDArray[Any]] = {}
    for name, values in weights.items():
        if values.ndim == 2 and name != "positions":  # noqa: PLR2004
            arrays[name], arrays[name + ".scale"] = rounded(values)
        else:
            arrays[name] = values.astype(np.float16)
    arrays["piece_scores"] = np.array([source.scores[at] for at in keep], dtype=np.float32)
    words = {"pieces": [source.pieces[at] for at in keep], "heads": heads, "about": {**about, "layers": list(layers)}}
    arrays["about"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / FILE, **arrays)  # type: ignore[arg-type]


def rounded(values: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and the scale of each row."""
    scales = np.maximum(np.abs(values).max(axis=1), 1e-8) / 127
    return np.round(values / scales[:, None]).astype(np.int8), scales.astype(np.float32)
