#!/bin/sh
# Serves a trained project on this machine only: serve.sh FOLDER [PORT]. Needs KHIEN_RASA_TOKEN, which khien sends too.
set -eu
: "${RASA_VENV:?set RASA_VENV to the environment that Rasa is installed in (nlu/rasa/README.md)}"
: "${KHIEN_RASA_TOKEN:?set KHIEN_RASA_TOKEN to a long random word; Rasa asks for it on every request}"
folder="${1:?usage: serve.sh FOLDER [PORT] (trained by train.sh FOLDER)}"
RASA_VENV=$(cd "$RASA_VENV" && pwd)
cd "$folder"
# ERROR: on DEBUG Rasa writes what people said into its log.
export RASA_TELEMETRY_ENABLED=false LOG_LEVEL=ERROR TF_CPP_MIN_LOG_LEVEL=2 SQLALCHEMY_SILENCE_UBER_WARNING=1
export RASA_PORT="${2:-5005}"
# Rasa reads its token from its arguments only. Put there inside the process, it shows in no list of processes.
exec "$RASA_VENV/bin/python" -c '
import os, sys
from rasa.__main__ import main
sys.argv = ["rasa", "run", "--enable-api", "-i", "127.0.0.1", "-p", os.environ["RASA_PORT"],
            "--model", "models/khien-nho.tar.gz", "--credentials", "credentials.yml",
            "--auth-token", os.environ.pop("KHIEN_RASA_TOKEN")]
main()
'
