"""`python -m content lint`."""

from content.cli import app

app(prog_name="content")
