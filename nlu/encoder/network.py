"""The forward pass of a BERT encoder (Devlin et al. 2019) in numpy."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_EPSILON: Final = 1e-12
_GELU: Final = (0.7978845608, 0.044715)
"""Hendrycks and Gimpel 2016, the tanh form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One block; matrices stand as (in, out), norms as (gain, shift)."""

    qkv: tuple[Array, Array]
    out: tuple[Array, Array]
    attention_norm: tuple[Array, Array]
    inner: tuple[Array, Array]
    outer: tuple[Array, Array]
    norm: tuple[Array, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All weights. `words` are int8 rows with one scale each; everything else is fp32."""

    words: NDArray[np.int8]
    word_scales: Array
    positions: Array
    norm: tuple[Array, Array]
    layers: tuple[Layer, ...]
    head: tuple[Array, Array]
    heads: int

    def states(self, ids: list[int]) -> Array:
        """The last layer's state of each piece of one text; their mean goes through the head."""
        hidden = self.words[ids].astype(np.float32) * self.word_scales[ids, None] + self.positions[: len(ids)]
        hidden = _normed(hidden, self.norm)
        for layer in self.layers:
            hidden = _block(hidden, layer, self.heads)
        return hidden


def _block(hidden: Array, layer: Layer, heads: int) -> Array:
    size, width = hidden.shape
    mixed = (hidden @ layer.qkv[0] + layer.qkv[1]).reshape(size, 3, heads, width // heads)
    queries, keys, values = mixed.transpose(1, 2, 0, 3)
    weights = queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(width // heads))
    weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    seen = (weights @ values).transpose(1, 0, 2).reshape(size, width)
    hidden = _normed(hidden + seen @ layer.out[0] + layer.out[1], layer.attention_norm)
    inner = _gelu(hidden @ layer.inner[0] + layer.inner[1])
    return _normed(hidden + inner @ layer.outer[0] + layer.outer[1], layer.norm)


def _normed(values: Array, norm: tuple[Array, Array]) -> Array:
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
    found: Array = centred / spread * norm[0] + norm[1]
    return found


def _gelu(values: Array) -> Array:
    rate, cubic = map(np.float32, _GELU)
    found: Array = np.float32(0.5) * values * (1 + np.tanh(rate * (values + cubic * values * values * values)))
    return found


def unpacked(arrays: dict[str, NDArray[Any]], heads: int) -> Network:
    """The network from stored arrays: int8 matrices `NAME`, their row scales `NAME.scale`, fp16 vectors.

    Raises:
        KeyError: an array is missing.
    """

    def matrix(name: str) -> Array:
        rows = arrays[name].astype(np.float32) * arrays[name + ".scale"].astype(np.float32)[:, None]
        return np.ascontiguousarray(rows.T)

    def vector(name: str) -> Array:
        return arrays[name].astype(np.float32)

    def linear(name: str) -> tuple[Array, Array]:
        return matrix(name + ".w"), vector(name + ".b")

    def norm(name: str) -> tuple[Array, Array]:
        return vector(name + ".w"), vector(name + ".b")

    def layer(at: int) -> Layer:
        parts = [linear(f"l{at}.{part}") for part in "qkv"]
        return Layer(
            qkv=(np.concatenate([part[0] for part in parts], axis=1), np.concatenate([part[1] for part in parts])),
            out=linear(f"l{at}.ao"),
            attention_norm=norm(f"l{at}.aln"),
            inner=linear(f"l{at}.fi"),
            outer=linear(f"l{at}.fo"),
            norm=norm(f"l{at}.oln"),
        )

    count = sum(name.endswith(".fi.w") for name in arrays)
    return Network(
        words=arrays["words"],
        word_scales=vector("words.scale"),
        positions=vector("positions"),
        norm=norm("norm"),
        layers=tuple(layer(at) for at in range(count)),
        head=linear("head"),
        heads=heads,
    )
