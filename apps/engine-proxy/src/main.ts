// The engine proxy's process: settings and log first, then the proxy.

import { once } from "node:events";
import { createLog, listenAddress, portFailure, runProcess } from "@penstock/process";
import { createEngineProxy } from "./engine-proxy.ts";
import { readEngineProxySettings } from "./settings.ts";

await runProcess("engine-proxy", async (stack, _signal, control) => {
  const { engine, proxyListen, workerNetwork, logLevel } = readEngineProxySettings();
  const log = createLog({ component: "engine-proxy", level: logLevel });
  control.logTo(log);
  const proxy = createEngineProxy({
    engine,
    network: workerNetwork,
    refused: (call, why) =>
      log.warn({ event: "call.refused", call, why }, `refused ${call}: ${why}`),
  });
  const at = listenAddress(proxyListen);
  proxy.listen(at);
  await once(proxy, "listening").catch((cause: unknown) => {
    throw portFailure(at, cause, "name another with --proxy-listen");
  });
  stack.defer(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
});
