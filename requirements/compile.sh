#!/bin/sh
# Compiles the lock files from pyproject.toml: hashes, no addresses. With --check it only tells whether they are up to date.
set -eu
cd "$(dirname "$0")/.."
target=requirements
[ "${1:-}" = "--check" ] && target=$(mktemp -d) && cp requirements/*.lock "$target"
compile() {
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"
}
compile pyproject.toml -o "$target/run.lock"
compile --group dev pyproject.toml -o "$target/dev.lock"
compile --group encoder pyproject.toml -o "$target/encoder.lock"
printf 'uv==0.13.9\n' | compile - -o "$target/bootstrap.lock"
if [ "$target" != requirements ]; then
    for lock in run dev encoder bootstrap; do
        cmp -s "requirements/$lock.lock" "$target/$lock.lock" || { echo "requirements/$lock.lock is stale: run make lock"; exit 1; }
    done
    rm -rf "$target"
fi
