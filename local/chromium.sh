#!/usr/bin/env bash
# Sees to it that there is a Chromium for the browser tests: Debian's, as root; others are told what to install.
set -euo pipefail
found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
found >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "  … Chromium, for the browser tests"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || true
fi
found >/dev/null || { echo "test: there is no Chromium here for the browser tests; install it: apt-get install chromium" >&2; exit 1; }
