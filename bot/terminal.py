"""`khien chat`: the same bot in a terminal, on a database that is thrown away."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.playback import Player, Shown, player
from bot.transcripts import TranscriptError, play, read_transcript


def chat(
    file: Annotated[Path | None, typer.Option("--play", help="play a transcript and check it")] = None,
) -> None:
    """Talk with the bot, or play a conversation from a file. Nothing is kept.

    Type a message, or the number of a choice; an empty line ends it.
    Example: khien chat --play tests/transcripts/refusal_then_new_disclosure.yml
    """
    asyncio.run(_talk() if file is None else _play(file))


async def _talk() -> None:
    async with player() as person:
        offered: tuple[str, ...] = ()
        while True:
            typed = await asyncio.to_thread(_ask)
            if not typed:
                return
            pressed = typed.isdigit() and 0 < int(typed) <= len(offered)
            shown = await (person.press(offered[int(typed) - 1]) if pressed else person.say(typed))
            offered = _print(shown) or offered


def _ask() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


def _print(shown: list[Shown]) -> tuple[str, ...]:
    for message in shown:
        typer.echo(f"\n{message.name + ': ' if message.name else ''}{message.text}")
        for number, label in enumerate(message.labels, 1):
            typer.echo(f"  [{number}] {label}")
    return shown[-1].choices if shown else ()


async def _play(file: Path) -> None:
    try:
        transcript = read_transcript(file)
    except (TranscriptError, OSError) as error:
        typer.echo(f"khien: {error}", err=True)
        raise typer.Exit(2) from None
    async with player(emergency_policy=transcript.emergency_policy) as person:
        wrong = await _play_aloud(person, file)
    typer.echo(f"\n{transcript.title}: {'as expected' if not wrong else f'{wrong} problems'}")
    if wrong:
        raise typer.Exit(1)


async def _play_aloud(person: Player, file: Path) -> int:
    wrong = 0
    for played in await play(person, read_transcript(file)):
        verbs = played.step.model_dump(exclude_none=True, exclude={"then"})
        typer.echo(f"\n> {', '.join(f'{verb}: {value}' for verb, value in verbs.items())}")
        _print(list(played.shown))
        for problem in played.problems:
            typer.echo(f"  !! {problem}", err=True)
            wrong += 1
    return wrong
