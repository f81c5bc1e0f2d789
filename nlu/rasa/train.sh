#!/bin/sh
# Trains Rasa on an exported project: train.sh FOLDER. The model is FOLDER/models/khien-nho.tar.gz.
set -eu
: "${RASA_VENV:?set RASA_VENV to the environment that Rasa is installed in (nlu/rasa/README.md)}"
folder="${1:?usage: train.sh FOLDER (written by python -m nlu.rasa.export FOLDER)}"
# Absolute, without following the link of bin/python out of the environment.
RASA_VENV=$(cd "$RASA_VENV" && pwd)
cd "$folder"
export RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=2 SQLALCHEMY_SILENCE_UBER_WARNING=1
exec "$RASA_VENV/bin/rasa" train nlu --nlu data --domain domain.yml --config config.yml \
    --out models --fixed-model-name khien-nho
