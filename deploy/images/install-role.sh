#!/bin/sh
# Installs what a role's image holds, from a workspace's sources to a root of its own. Run while an image is
# built: install-role.sh OUT APP..., with apps as the workspaces call their folders.
#
# npm's linked layout makes a link for each package of ours that something installed depends on, so the
# packages of a role are those that links point to, and the apps themselves.
set -eu
out=$1
shift
apps=$(printf -- '--workspace apps/%s ' "$@")
# shellcheck disable=SC2086
npm ci --silent --omit=dev --omit=optional --ignore-scripts $apps
linked=$(find apps libs tools -type l -path '*/node_modules/@penstock/*' -exec realpath --relative-to=. {} +)
mkdir -p "$out/penstock"
cp -a package.json node_modules "$out/penstock/"
for package in $linked $(printf 'apps/%s ' "$@"); do printf '%s\n' "$package"; done | sort -u |
  while read -r package; do
    for part in package.json node_modules src; do
      if [ -e "$package/$part" ]; then cp -a --parents "$package/$part" "$out/penstock/"; fi
    done
  done
for app in "$@"; do
  case $app in
    listener | controller | engine-proxy) cp deploy/images/health.ts "$out/penstock/" ;;
  esac
  case $app in
    # The state of Penstock; its broker's and its listeners' parts of it. A volume takes the owner from here.
    controller | cli)
      install -d -o node -g node -m 700 "$out"/var/lib/penstock "$out"/var/lib/penstock-broker "$out"/var/lib/penstock-listener
      ;;
  esac
  case $app in
    controller | engine-proxy) cp deploy/images/as-node.ts "$out/penstock/" ;;
    cli) install -D -m 755 deploy/images/penstock.sh "$out/usr/local/bin/penstock" ;;
  esac
done
# What npm notes of its own run, and what nobody reads at run time.
rm -f "$out/penstock/node_modules/.package-lock.json"
find "$out/penstock/node_modules" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete
# The same sources make the same layer.
find "$out" -exec touch --no-dereference --date=@0 {} +
