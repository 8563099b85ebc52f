#!/usr/bin/env bash
# Everything that can be said of the code without running it.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
mkdir -p .local

$bin/ruff format --check --quiet . || { echo "check: not formatted; run $bin/ruff format" >&2; exit 1; }
$bin/ruff check --quiet .
$bin/mypy --no-error-summary
$bin/lint-imports --no-logo >.local/layers.txt 2>&1 || { cat .local/layers.txt >&2; exit 1; }

# the compose file is validated by docker-compose itself
compose=$(command -v docker-compose || true)
if [ -z "$compose" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "  … docker-compose, to validate the compose file"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker-compose; } >/dev/null 2>&1 || true
  compose=$(command -v docker-compose || true)
fi
if [ -n "$compose" ]; then
  "$compose" --env-file .env.example -f docker-compose.yaml config --quiet
elif docker compose version >/dev/null 2>&1; then
  docker compose --env-file .env.example -f docker-compose.yaml config --quiet
else
  echo "  ! no docker-compose here: the compose file was not validated" >&2
fi
echo "  ✓ checks"
