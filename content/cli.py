"""`khien content lint`: what to mend before a text may be released; `khien content pictures`: all drawings as files."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from content.errors import Problem
from content.library import CONTENT_FOLDER
from content.lint.rules import check_tree
from content.lint.table import readability
from content.pictures.files import write_pictures
from content.pictures.rendering import LARGEST, SMALLEST
from content.tree import read_tree

app = typer.Typer(help="The texts that children and parents read.", no_args_is_help=True)


@app.command("lint")
def lint_command(
    root: Annotated[Path, typer.Argument(help="the folder of content")] = CONTENT_FOLDER,
    as_json: Annotated[bool, typer.Option("--json", help="print a list of objects")] = False,
    table: Annotated[bool, typer.Option("--table", help="print words a sentence and a card by band")] = False,
) -> None:
    """Check schema, length, words, numbers, links, translations and reviews; exit 1 on an error."""
    tree = read_tree(root.resolve())
    if table:
        typer.echo(readability(tree))
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
