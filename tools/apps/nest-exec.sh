#!/bin/sh
# The `exec` of nest-cli.json: what `nest start` runs instead of `node`. It becomes the app's process, so that a
# restart under --watch waits for the app itself to end, and not for a shell in front of it.

# Ctrl-C came while a restart waited for the old process: see nest-start.mjs.
[ -z "$NEST_STOPPING" ] || exit 0

# APP_WATCHED: the CLI sends SIGTERM for every build, also to an app that drains already.
exec env APP_ENV="${APP_ENV:-development}" APP_WATCHED=1 node --max-semi-space-size=64 "$@"
