#!/bin/sh
# The first service of docker-compose.yml: makes what the others trust, before any of them starts. Every run
# comes to the same; keys that are there stay.
#
#   state       the keys themselves          the controller reads them
#   broker      trust.conf                   nats-server's configuration includes it
#   listener    listener.credentials         who the listener is at the broker
set -eu
umask 077
broker=/var/lib/penstock-broker
listener=/var/lib/penstock-listener

# A file appears whole or not at all: whoever is stopped half-way is not believed by the next.
write() {
  cat >"$1.new"
  mv "$1.new" "$1"
}

penstock creds server "$broker/accounts" | write "$broker/trust.conf"
if [ ! -e "$listener/listener.credentials" ]; then
  penstock creds issue listener compose | write "$listener/listener.credentials"
fi
