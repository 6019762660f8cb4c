#!/bin/sh
# The `exec` of nest-cli.json: what `nest start` runs instead of `node`. It becomes the app's process, so that a
# restart under --watch waits for the app itself to end, and not for a shell in front of it.

# Ctrl-C came while a restart waited for the old process: see nest-start.mjs.
[ -z "${NEST_STOPPING:-}" ] || exit 0

# What nobody says is development here.
export APP_ENV="${APP_ENV:-development}"
# The CLI sends SIGTERM for every build, also to an app that drains already.
export APP_WATCHED=1
# Compiled packages are kept from one start to the next, which takes a third off its time.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-.stack/cache/node}"

exec node --max-semi-space-size=64 "$@"
