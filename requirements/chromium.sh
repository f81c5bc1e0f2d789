#!/bin/sh
# Makes sure that the browser tests have a Chromium: installs Debian's when root, else says in one line how.
set -eu
[ -n "${KHIEN_CHROMIUM:-}" ] && [ -x "$KHIEN_CHROMIUM" ] && exit 0
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
    echo "The browser tests need Chromium: sudo apt-get install chromium (or set KHIEN_CHROMIUM to its path)"
    exit 1
fi
