# The images of Penstock, one for each role. Node.js runs the sources as they are, so there is no build step
# but the installation of what package-lock.json names, and the workspace keeps its layout.
#
#   docker build --target listener .      (controller, engine-proxy, worker, cli)
#
#   sources             the workspace
#   <role>-files        the role's own packages and dependencies, no others, with all times at zero
#   <role>              the image: an unprivileged user, one process, no shell around it

ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS sources
ENV npm_config_update_notifier=false
WORKDIR /workspace
COPY . .

FROM sources AS listener-files
RUN --mount=type=cache,target=/root/.npm deploy/images/install-role.sh /files listener

FROM sources AS controller-files
RUN --mount=type=cache,target=/root/.npm deploy/images/install-role.sh /files controller cli

FROM sources AS engine-proxy-files
RUN --mount=type=cache,target=/root/.npm deploy/images/install-role.sh /files engine-proxy

FROM sources AS worker-files
RUN --mount=type=cache,target=/root/.npm deploy/images/install-role.sh /files worker

FROM sources AS cli-files
RUN --mount=type=cache,target=/root/.npm deploy/images/install-role.sh /files cli

FROM ${NODE_IMAGE} AS listener
COPY --from=listener-files /files /
ENV NODE_ENV=production PENSTOCK_OPERATIONS_LISTEN=0.0.0.0:9181
USER node
EXPOSE 9181
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s CMD ["node", "/penstock/health.ts"]
ENTRYPOINT ["node", "/penstock/apps/listener/src/main.ts"]

FROM ${NODE_IMAGE} AS controller
COPY --from=controller-files /files /
ENV NODE_ENV=production PENSTOCK_ADMIN_LISTEN=0.0.0.0:9180 PENSTOCK_STATE=/var/lib/penstock
USER node
EXPOSE 9180
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s CMD ["node", "/penstock/health.ts"]
ENTRYPOINT ["node", "/penstock/as-node.ts", "/penstock/apps/controller/src/main.ts"]

# Its health is the engine's: it answers a ping with the engine's answer.
FROM ${NODE_IMAGE} AS engine-proxy
COPY --from=engine-proxy-files /files /
ENV NODE_ENV=production PENSTOCK_PROXY_LISTEN=0.0.0.0:2375
USER node
EXPOSE 2375
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s CMD ["node", "/penstock/health.ts", "/_ping"]
ENTRYPOINT ["node", "/penstock/as-node.ts", "/penstock/apps/engine-proxy/src/main.ts"]

# What every cold start would compile again, compiled once: an empty document makes the worker host end at
# once, and what it loads on demand is loaded by name. Node.js keeps this per user.
FROM ${NODE_IMAGE} AS worker-compiled
COPY --from=worker-files /files /
ENV NODE_ENV=production NODE_COMPILE_CACHE=/compiled/penstock/compile-cache
RUN install -d -o node -g node /compiled/penstock/compile-cache
USER node
WORKDIR /penstock/apps/worker
RUN node src/main.ts </dev/null \
 && node --input-type=module -e "for (const door of ['module', 'command', 'port']) await import('@penstock/http/' + door)" \
 && chmod -R a+rX /compiled/penstock/compile-cache \
 && find /compiled -user node -exec touch --date=@0 {} +

# Nothing to ask for its health: a worker reports to the controller by itself, and is ended when it is silent.
FROM ${NODE_IMAGE} AS worker
COPY --from=worker-files /files /
COPY --from=worker-compiled --chown=root:root /compiled /
ENV NODE_ENV=production NODE_COMPILE_CACHE=/penstock/compile-cache
USER node
HEALTHCHECK NONE
ENTRYPOINT ["node", "/penstock/apps/worker/src/main.ts"]

# Runs a command and ends: nothing whose health could be asked.
FROM ${NODE_IMAGE} AS cli
COPY --from=cli-files /files /
ENV NODE_ENV=production PENSTOCK_STATE=/var/lib/penstock
USER node
HEALTHCHECK NONE
ENTRYPOINT ["penstock"]

# An application in an image of its own, as anybody would make it: the worker image, and the files.
FROM worker AS example-hello
COPY examples/image/app.ts /app/
