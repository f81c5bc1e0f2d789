"""multilingual-e5-small as it is (Wang et al. 2024), all twelve layers, under a support vector machine."""

import functools
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench.learners.nets import in_batches, torch_on_one_thread
from bench.learners.parts import SEED, Fit, Fitted, Values, as_values, marked
from nlu.encoder.pieces import Pieces
from nlu.encoder.recipe.source import Source, read_source

_PREFIX: Final = "query:"
"""What the model was trained to see before a text."""
_MOST: Final = 96
_EPSILON: Final = 1e-12
_ABSENT: Final = 1
"""The id of <pad>."""
_STRENGTH: Final = 1.0
_PRODUCTS: Final = ("q", "k", "v", "ao", "fi", "fo")


def frozen(source: Path) -> Fit:
    """An SVC with a radial kernel on the embeddings of the 4-bit model in `source`, read as fp32, computed in bf16."""

    def fit(texts: Sequence[str], labels: Sequence[bool]) -> Fitted:
        embed = embedder(source)
        model = make_pipeline(StandardScaler(), SVC(C=_STRENGTH, gamma="scale", random_state=SEED, cache_size=1000))
        model.fit(embed(texts), labels)
        return Fitted(
            score=lambda more: as_values(model.decision_function(embed(more))),
            size=source.stat().st_size + len(pickle.dumps(model)),
        )

    return fit


def embedder(path: Path) -> Callable[[Sequence[str]], Values]:
    """From texts to the means of the last layer's states."""
    source = read_source(path)
    pieces = Pieces(source.pieces, source.scores.tolist())
    torch = torch_on_one_thread()
    tensors = {name: torch.tensor(values) for name, values in source.tensors.items()}
    tensors |= {
        name: values.bfloat16()
        for name, values in tensors.items()
        if name.endswith(tuple(f".{part}.{kind}" for part in _PRODUCTS for kind in "wb"))
    }
    forward = functools.partial(_mean, source, tensors)

    def embed(texts: Sequence[str]) -> Values:
        rows = [pieces.ids([_PREFIX, *marked(text).split()], _MOST)[0] for text in texts]
        return in_batches(rows, forward, filler=_ABSENT)

    return embed


def _mean(source: Source, tensors: dict[str, Any], ids: Any) -> Any:
    """The mean state of the last layer of each row."""
    torch = torch_on_one_thread()
    fn = torch.nn.functional
    size, length = ids.shape
    width = tensors["emb.word"].shape[1]
    present = ids != _ABSENT

    def linear(values: Any, name: str) -> Any:
        return fn.linear(values.bfloat16(), tensors[name + ".w"], tensors[name + ".b"])

    def norm(values: Any, name: str) -> Any:
        return fn.layer_norm(values, (width,), tensors[name + ".w"], tensors[name + ".b"], _EPSILON)

    places = tensors["emb.pos"].reshape(-1, width)[:length] + tensors["emb.type"].reshape(-1, width)[0]
    hidden = norm(tensors["emb.word"][ids] + places, "emb.ln")
    for at in range(source.layers):
        parts = [linear(hidden, f"l{at}.{name}").view(size, length, source.heads, -1).transpose(1, 2) for name in "qkv"]
        seen = fn.scaled_dot_product_attention(*parts, attn_mask=present[:, None, None, :])
        seen = linear(seen.transpose(1, 2).reshape(size, length, width), f"l{at}.ao")
        hidden = norm(hidden + seen, f"l{at}.aln")
        hidden = norm(hidden + linear(fn.gelu(linear(hidden, f"l{at}.fi")), f"l{at}.fo"), f"l{at}.oln")
    share = present[..., None].float()
    return ((hidden * share).sum(1) / share.sum(1)).numpy()
