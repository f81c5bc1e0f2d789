"""`python -m nlu`: the same commands as `khien nlu`."""

from nlu.cli import app

app()
