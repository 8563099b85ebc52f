#!/usr/bin/env bash
# Sees to it that there are a Chromium, an nginx and a promtool for the tests: as root from Debian; others are told what to install.
set -euo pipefail
PATH=$PATH:/usr/sbin

# need PACKAGE COMMAND…: any of the commands will do
need() {
  local package=$1
  shift
  found() { for name in "$@"; do command -v "$name" >/dev/null && return; done; return 1; }
  found "$@" && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "  … $package, for the tests"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"; } >/dev/null 2>&1 || true
  fi
  found "$@" || { echo "test: there is no $package here; install it: apt-get install $package" >&2; exit 1; }
}
need chromium chromium chromium-browser google-chrome
need nginx-light nginx
need prometheus promtool
