"""`khien content`: lint the texts, see how they will look, search them, write the drawings as files."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from content.errors import Problem
from content.library import CONTENT_FOLDER, Content
from content.lint.rules import check_tree
from content.lint.table import page, readability
from content.pictures.files import write_pictures
from content.pictures.rendering import LARGEST, SMALLEST
from content.schema import BANDS, SOURCE_LANGUAGE, Audience
from content.tree import read_tree

app = typer.Typer(help="The texts that children and parents read.", no_args_is_help=True)


@app.command("lint")
def lint_command(
    root: Annotated[Path, typer.Argument(help="the folder of content")] = CONTENT_FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="print a list of objects")] = False,
    table: Annotated[bool, typer.Option("--table", help="print words a sentence and a card by band")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="print the table as docs/readability.md")] = False,
) -> None:
    """Check schema, length, words, numbers, links, translations and reviews; exit 1 on an error."""
    tree = read_tree(root.resolve())
    if table:
        typer.echo(page(tree) if markdown else readability(tree))
        return
    problems = check_tree(tree)
    if as_json:
        typer.echo(json.dumps([_as_json(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            typer.echo(str(problem))
        typer.echo(summary(problems), err=True)
    if any(problem.level == "error" for problem in problems):
        raise typer.Exit(1)


@app.command("preview")
def preview_command(
    root: Annotated[Path, typer.Option(help="the folder of content")] = CONTENT_FOLDER,
    port: Annotated[int, typer.Option(help="port of this machine to listen on", min=0, max=65535)] = 8090,
) -> None:
    """Show every text as each messenger will, on this machine only, and anew whenever a file is saved.

    Example: khien content preview --root content --port 8090
    """
    # Imported here, so that `khien content lint` does not wait for a web server's libraries.
    from content.preview.app import serve  # noqa: PLC0415

    if not root.is_dir():
        typer.echo(f"khien: {root} is not a folder; name the folder that holds vi/ with --root", err=True)
        raise typer.Exit(2)
    try:
        asyncio.run(serve(root, port))
    except KeyboardInterrupt:
        typer.echo()
    except OSError as error:
        typer.echo(f"khien: port {port}: {error.strerror}; choose another with --port", err=True)
        raise typer.Exit(2) from error


@app.command("search")
def search_command(
    question: Annotated[str, typer.Argument(help="as a child or parent would type it")],
    audience: Annotated[str, typer.Option(help="6-10, 11-14, 15-17 or parent; all four unless told")] = "",
    lang: Annotated[str, typer.Option(help="vi or en")] = SOURCE_LANGUAGE,
) -> None:
    """Show the five cards that answer a question best, with their scores; an arrow is what the bot would show.

    Example: khien content search "acc ff bị hack" --audience 11-14
    """
    readers: tuple[Audience, ...] = (*BANDS, "parent")
    chosen = [reader for reader in readers if audience in ("", reader)]
    if not chosen:
        raise typer.BadParameter(f"{audience} is none of {', '.join(readers)}", param_hint="--audience")
    content = Content.load()
    for reader in chosen:
        typer.echo(f"{reader}:")
        for place, hit in enumerate(content.search(question, reader, lang)):
            mark = "→" if place == 0 and hit.sure else " "
            typer.echo(f"{mark} {hit.score:.2f}  {hit.page.id}")


@app.command("pictures")
def pictures_command(
    folder: Annotated[Path, typer.Argument(help="where to write; made if it is not there", file_okay=False)],
    size: Annotated[int, typer.Option(help="width in pixels", min=SMALLEST, max=LARGEST)] = 640,
) -> None:
    """Write every picture as SVG and PNG, and a contact sheet of all; certificates are dated today."""
    count = write_pictures(folder, size, datetime.now(tz=UTC).date())
    typer.echo(f"{count} pictures in {folder}", err=True)


def summary(problems: Sequence[Problem]) -> str:
    """Count errors, warnings and the texts that still wait for a specialist, in one line."""
    levels = Counter(problem.level for problem in problems)
    waiting = sum(problem.code == "KC402" for problem in problems)
    return f"{levels['error']} errors, {levels['warning']} warnings ({waiting} files not signed by a specialist)"


def _as_json(problem: Problem) -> dict[str, str | int]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "code": problem.code,
        "level": problem.level,
        "message": problem.message,
        "advice": problem.advice,
    }
