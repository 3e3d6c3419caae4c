// The cold start of containers: the first request of a pool at zero, against `docker run` of the same image.
// Both are timed by the same client, from the start (of the request, of the command) to the last byte of the
// answer. Each turn measures every way once, in rotating order, and goes on when all of it is gone again and
// the machine had time to come to rest.
//
//   image    way          what happens
//   ------   ----------   ----------------------------------------------------------------------------------
//   plain    penstock     a pool of the image as it is; a worker host beside it
//            docker run   `docker run IMAGE`, connecting every millisecond to its address until it listens
//   module   penstock     a pool whose module is in an image made from the worker image
//            docker run   the same image and module, served by a script: `docker run --entrypoint node …`

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "@penstock/testing";
import { expectedBody } from "../applications/application.ts";
import { startForeignMeter } from "../measuring/foreign-load.ts";
import type { Stage } from "../measuring/stage.ts";
import { rotated } from "@penstock/figures";
import { firstAnswer } from "../processes/first-answer.ts";
import { startPenstock, type RunningPenstock } from "../targets/penstock.ts";
import {
  applicationPath,
  applicationPort,
  buildImages,
  type BenchImages,
  serveArguments,
} from "./bench-images.ts";
import { containersWith, docker, removeContainers } from "./container-engine.ts";

/** What the container is made of. */
export type ContainerKind = "plain" | "module";

/** A way to start it. */
export type ContainerWay = "penstock" | "docker run";

/** One start. */
export interface ContainerSample {
  /** From 0 on; the first turn is -1. */
  readonly turn: number;
  readonly application: ContainerKind;
  readonly way: ContainerWay;
  readonly milliseconds: number;
  /** Cores that others kept busy just before, while nothing was measured. */
  readonly foreignCores: number;
}

/** How long an answer, or the way back to zero, may take, milliseconds. */
const LIMIT_MS = 30_000;

/** Long enough that a pool is not on its way to zero while its answer is read. */
const IDLE_TIMEOUT = "200ms";

/** After the last container of a start has gone, until all is as it was before, milliseconds. */
const SETTLE_MS = 2000;

/** How long it is then looked what others do on this machine, milliseconds. */
const LISTEN_MS = 300;

/** What `docker run` started carries this label, so that it ends with the bench. */
const LABEL = `penstock.bench=${process.pid}`;

const kinds: readonly ContainerKind[] = ["plain", "module"];

/** Measures; ends what it started. */
export async function measureContainerStart(
  stage: Stage,
  turns: number,
): Promise<ContainerSample[]> {
  const images = await buildImages(stage);
  await stage.hold(async () => ({
    [Symbol.asyncDispose]: async () => removeContainers(await containersWith(LABEL)),
  }));
  const ports = await freePorts(kinds.length);
  const penstock = await startPools(stage, images, ports);
  const installation = await readFile(join(penstock.state, "installation"), "utf8");
  const samples: ContainerSample[] = [];
  for (let turn = -1; turn < turns; turn++) {
    stage.tell(`container starts: ${turn < 0 ? "first turn" : `turn ${turn + 1} of ${turns}`}`);
    for (const [index, application] of kinds.entries()) {
      const starts: [ContainerWay, () => Promise<number>][] = [
        ["penstock", () => startByRequest(penstock, ports[index] ?? 0, installation.trim())],
        ["docker run", () => startByHand(images[application], application)],
      ];
      for (const [way, start] of rotated(starts, Math.max(0, turn))) {
        await pause(SETTLE_MS);
        const readForeign = startForeignMeter();
        await pause(LISTEN_MS);
        const foreignCores = readForeign();
        samples.push({ turn, application, way, milliseconds: await start(), foreignCores });
      }
    }
  }
  return samples;
}

function startPools(
  stage: Stage,
  images: BenchImages,
  ports: readonly number[],
): Promise<RunningPenstock> {
  const processModel = { maxProcesses: 1, idleTimeout: IDLE_TIMEOUT };
  const urls = (index: number) => [`http://+:${ports[index]}/`];
  return startPenstock(
    stage,
    "containers",
    {
      plain: { urls: urls(0), image: images.plain, port: applicationPort, processModel },
      module: {
        urls: urls(1),
        module: applicationPath,
        container: { image: images.module },
        processModel,
      },
    },
    { settings: { PENSTOCK_RUNTIME: "docker", PENSTOCK_WORKER_IMAGE: images.worker } },
  );
}

async function startByRequest({ process: up }: RunningPenstock, port: number, own: string) {
  const milliseconds = await timeAnswer({ port, path: "/" }, up.name, performance.now());
  const latest = performance.now() + LIMIT_MS;
  while ((await containersWith(`io.penstock.installation=${own}`)).some(isWorker)) {
    if (performance.now() > latest)
      throw new Error(`a pool did not go back to zero within ${LIMIT_MS} ms:\n${up.output}`);
    await pause(100);
  }
  return milliseconds;
}

/** False for what waits for the next worker of a pool. */
function isWorker(name: string): boolean {
  return !name.startsWith("penstock-waiting-");
}

async function startByHand(image: string, application: ContainerKind): Promise<number> {
  const [options, args] =
    application === "module" ? [["--entrypoint", "node"], serveArguments] : [[], []];
  const startedAt = performance.now();
  const container = await docker("run", "--detach", "--label", LABEL, ...options, image, ...args);
  const host = await docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", container);
  const asked = { host, port: applicationPort, path: "/" };
  const milliseconds = await timeAnswer(asked, `docker run ${image}`, startedAt);
  await removeContainers([container]);
  return milliseconds;
}

async function timeAnswer(
  asked: Parameters<typeof firstAnswer>[0],
  of: string,
  startedAt: number,
): Promise<number> {
  const { status, body } = await firstAnswer(asked, LIMIT_MS);
  const milliseconds = performance.now() - startedAt;
  if (status !== 200 || body !== expectedBody) throw new Error(`${of} answers ${status} ${body}`);
  return milliseconds;
}
