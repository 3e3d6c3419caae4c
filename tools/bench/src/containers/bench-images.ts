// The images of the container starts: the application that imports nothing, in an image that knows nothing of
// Penstock, and in one made from the worker image. Both have the script that serves it on its own as well, so
// that `docker run` runs what the pool runs.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { applicationFile, listenFile } from "../applications/application.ts";
import type { Stage } from "../measuring/stage.ts";
import { docker } from "./container-engine.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** The port on which the applications listen in their containers. */
export const applicationPort = 3000;

/** Where the application stands in its image. */
export const applicationPath = "/app/handler.mjs";

/** What serves the application on its own, on all addresses. */
export const serveArguments = ["/app/listen.mjs", applicationPath, `${applicationPort}`, "0.0.0.0"];

/** Names of images; they go with the stage. */
export interface BenchImages {
  /** The worker host. */
  readonly worker: string;
  /** Made from Node's image. */
  readonly plain: string;
  /** Made from the worker image. */
  readonly module: string;
}

/** Builds them. */
export async function buildImages(stage: Stage): Promise<BenchImages> {
  const images: BenchImages = {
    worker: "penstock-bench/worker",
    plain: "penstock-bench/plain",
    module: "penstock-bench/module",
  };
  const folder = join(stage.folder, "images");
  await mkdir(folder);
  await copyFile(applicationFile("handler"), join(folder, "handler.mjs"));
  await copyFile(listenFile, join(folder, "listen.mjs"));
  const build = async (image: string, lines: readonly string[]) => {
    const file = join(folder, `${image.split("/")[1]}.Dockerfile`);
    await writeFile(file, `${lines.join("\n")}\n`);
    await buildImage(stage, image, "--file", file, folder);
  };
  stage.tell("container starts: building images");
  await buildImage(stage, images.worker, "--target", "worker", ROOT);
  const copy = "COPY handler.mjs listen.mjs /app/";
  const command = `CMD ${JSON.stringify(["node", ...serveArguments])}`;
  await build(images.plain, ["FROM node:24-bookworm-slim", copy, "USER node", command]);
  await build(images.module, [`FROM ${images.worker}`, copy]);
  return images;
}

/** The image goes with the stage; what building it took stays in the builder's cache. */
async function buildImage(stage: Stage, image: string, ...args: readonly string[]): Promise<void> {
  await stage.hold(async () => {
    await docker("build", "--quiet", "--tag", image, ...args);
    return { [Symbol.asyncDispose]: async () => void (await docker("rmi", image)) };
  });
}
