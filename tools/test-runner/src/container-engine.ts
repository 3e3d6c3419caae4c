// Whether this machine can run container tests: a Docker engine that answers, and compose. Asked once for a
// whole run, so that every container test has the same answer.

import { execFile } from "node:child_process";
import { request } from "node:http";
import { promisify } from "node:util";

type Environment = Readonly<Record<string, string | undefined>>;

/** An engine that is there answers within milliseconds. */
const answerLimitMs = 5000;

/** Why container tests cannot run here; undefined when they can. */
export async function containerFault(environment: Environment): Promise<string | undefined> {
  const host = environment["DOCKER_HOST"] || "unix:///var/run/docker.sock";
  const silence = await pingFault(host);
  if (silence !== undefined) return `no Docker engine answers at ${host} (${silence})`;
  try {
    await promisify(execFile)("docker", ["compose", "version"], { env: { ...environment } });
    return undefined;
  } catch {
    return "the docker command has no compose plugin";
  }
}

function pingFault(host: string): Promise<string | undefined> {
  const url = URL.parse(host);
  const at =
    url?.protocol === "unix:"
      ? { socketPath: url.pathname }
      : { host: url?.hostname ?? "", port: Number(url?.port) };
  return new Promise((resolve) => {
    const ping = request({ ...at, path: "/_ping", timeout: answerLimitMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `status ${answer.statusCode}`);
    });
    ping.on("timeout", () => ping.destroy(new Error(`silent for ${answerLimitMs} ms`)));
    ping.on("error", (cause) => resolve(cause.message));
    ping.end();
  });
}
