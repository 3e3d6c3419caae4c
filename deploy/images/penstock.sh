#!/bin/sh
# The command line in an image. In the controller's container, where `docker compose exec` comes in as root,
# it runs as the user whose files it reads.
if [ "$(id -u)" = 0 ] && [ -e /penstock/as-node.ts ]; then
  exec node /penstock/as-node.ts /penstock/apps/cli/src/main.ts "$@"
fi
exec node /penstock/apps/cli/src/main.ts "$@"
