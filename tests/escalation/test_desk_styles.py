"""The stylesheets agree with the one visual system: every colour and size is a token, and red is for emergencies."""

import re
from importlib.resources import files
from pathlib import Path

STATIC = Path(str(files("escalation.desk").joinpath("static")))
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
OWN = {
    name: re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text("utf-8"), flags=re.DOTALL)
    for name in sorted(file.name for file in STATIC.glob("*.css") if file.name not in {"tokens.css", "print.css"})
}


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"(--[\w-]+):", TOKENS))
    used = {(name, token) for name, css in OWN.items() for token in re.findall(r"var\((--[\w-]+)", css)}
    assert sorted(one for one in used if one[1] not in known) == []


def test_red_is_kept_for_emergencies() -> None:
    red = [selector.strip() for css in OWN.values() for selector, body in RULE.findall(css) if "--emergency" in body]
    assert red
    assert [selector for selector in red if "emergency" not in selector] == []


def test_no_colour_stands_outside_the_tokens() -> None:
    # White paper under a QR code and the shadows are no matter of taste: a camera and the depth need them.
    loose = [
        f"{name}: {selector.strip()}"
        for name, css in OWN.items()
        for selector, body in RULE.findall(css)
        if re.search(r"#[0-9a-fA-F]{3,8}\b|\b(?:red|crimson|orange)\b", body) and ".qr" not in selector
    ]
    assert loose == []
