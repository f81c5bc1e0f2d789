"""`khien nlu parse | explain | data | train | evaluate`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from nlu.cascade import MODEL
from nlu.corpus import DATA, load_corpus, load_lines
from nlu.learner import ModelError
from nlu.listener import Listener
from nlu.tables import TableError
from nlu.wire import RequestError, as_json, read_request

app = typer.Typer(
    help="Understands messages: parse them, train the model, measure it.", no_args_is_help=True, add_completion=False
)
ModelPath = Annotated[Path, typer.Option("--model", help="Folder of the model.")]


@app.command()
def parse(model: ModelPath = MODEL) -> None:
    """Read JSON lines on standard input, write one answer a line in the same order.

    Example: echo '{"id": 1, "text": "hqua ba lại đánh em"}' | khien nlu parse

    Fields: id, text, and optionally context (earlier texts, oldest first), role, age_band. A line that is no
    request ends the run with code 2 after the lines before it are answered.
    """
    listener = _listener(model)
    output = sys.stdout
    for number, raw in enumerate(sys.stdin.buffer, 1):
        try:
            row = raw.decode("utf-8")
            if not row.strip():
                continue
            request = read_request(row)
        except (UnicodeDecodeError, RequestError) as error:
            output.flush()
            reason = error if isinstance(error, RequestError) else "is not UTF-8"
            typer.echo(f"line {number}: {reason}; mend this line", err=True)
            raise typer.Exit(2) from None
        understood = listener.understand(request.text, request.context, role=request.role, age_band=request.age_band)
        output.write(as_json(request.id, understood) + "\n")
        output.flush()


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Folder of train_*.yml and dev_*.yml.")] = DATA,
    out: Annotated[Path, typer.Option(help="Folder the model is written to.")] = MODEL,
    card: Annotated[Path | None, typer.Option(help="Write the model card there.")] = None,
) -> None:
    """Train on train_*.yml, set thresholds on dev_*.yml, measure on test_*.yml; the same data gives the same bytes.

    Example: khien nlu train --card nlu/MODEL_CARD.md
    """
    from nlu.making import make_model  # noqa: PLC0415 - scikit-learn is loaded only here

    try:
        figures = make_model(data, out, card)
    except (TableError, ModelError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(_table(figures))


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled lines: JSON lines, or a data YAML.")],
    model: ModelPath = MODEL,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Print the table of figures for labelled lines: as written, without diacritics, by harm, age band and style.

    Example: khien nlu evaluate nlu/data/dev_dev1.yml

    Fields of a JSON line: text, disclosure (true, false, "borderline"), harms, urgency, subject, intent, topic,
    style, band, role, context.
    """
    from nlu.evaluation import report  # noqa: PLC0415

    listener = _listener(model)
    try:
        lines = load_lines(file)
    except TableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    tables = report(listener, lines)
    typer.echo(json.dumps(tables, ensure_ascii=False, indent=1) if as_json_text else _table(tables))


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="One message, as it would be sent.")],
    context: Annotated[list[str] | None, typer.Option(help="An earlier message; may be given again.")] = None,
    role: Annotated[str, typer.Option(help="child, parent or other_adult.")] = "",
    model: ModelPath = MODEL,
) -> None:
    """Show what the listener makes of a message and which words moved it; they stand in «marks», weights 0 to 1.

    Example: khien nlu explain "hqua ba lại đánh em" --role child

    Try it on sentences of your own; a child's message belongs in no shell history.
    """
    from nlu.explanation import explained  # noqa: PLC0415

    typer.echo(explained(_listener(model), text, context or (), role or None))


@app.command()
def data(
    folder: Annotated[Path, typer.Argument(help="Folder of train_*.yml, dev_*.yml and test_*.yml.")] = DATA,
    most: Annotated[int, typer.Option(help="How many duplicates and conflicts to show.")] = 10,
    mark: Annotated[bool, typer.Option("--mark", help="Write the entity markup anew in every file.")] = False,
) -> None:
    """Show what the data hold: counts, balance, near-duplicates, leaks into held-out lines, label conflicts.

    Example: khien nlu data --most 20

    Ends with code 1 when a training line nearly repeats a held-out one.
    """
    from nlu.datafile import mark_files  # noqa: PLC0415
    from nlu.inventory import as_text, take_stock  # noqa: PLC0415

    try:
        if mark:
            mark_files(folder)
        inventory = take_stock({kind: load_corpus(kind, folder) for kind in ("train", "dev", "test")})
    except TableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(as_text(inventory, most))
    if inventory.leaks:
        raise typer.Exit(1)


def _listener(model: Path) -> Listener:
    try:
        return Listener.load(model)
    except (ModelError, TableError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _table(tables: dict[str, dict[str, object]]) -> str:
    from nlu.evaluation import as_rows  # noqa: PLC0415

    rows = as_rows(tables)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_row(row, widths) for row in rows)


def _row(cells: list[str], widths: list[int]) -> str:
    head, *rest = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join((head.strip().ljust(widths[0]), *rest))
