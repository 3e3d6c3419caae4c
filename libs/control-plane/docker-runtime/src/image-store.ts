// Gets images onto the engine. Several workers may want one at the same time: it is pulled once.

import { describeError, ServiceError } from "@penstock/foundation";
import type { DockerEngine } from "./docker-engine.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";
import { pullQuery, registryOf } from "./image-reference.ts";
import { PullProgress, type PullLine } from "./pull-progress.ts";

/** An image, when it is to be pulled, and who we are at its registry. */
export interface WantedImage {
  readonly image: string;
  readonly policy: "missing" | "always" | "never";
  readonly registry?: { readonly username: string; readonly password: string };
}

/** What is told about pulls. `percent` is 0 at the beginning and 100 when the image is there. */
export type PullObserver = (image: string, percent: number) => void;

/** The images of an engine. */
export class ImageStore {
  readonly #engine: DockerEngine;
  readonly #observe: PullObserver;
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(engine: DockerEngine, observe: PullObserver) {
    this.#engine = engine;
    this.#observe = observe;
  }

  /** True when the engine has it. */
  async has(image: string): Promise<boolean> {
    try {
      await this.#engine.call("GET", `/images/${encodeURIComponent(image)}/json`);
      return true;
    } catch (thrown) {
      if (isUnknown(thrown)) return false;
      throw thrown;
    }
  }

  /** Pulls an image: one of policy `always` before each start, the others when the engine lacks them. Throws ServiceError IMAGE_MISSING or IMAGE_NOT_PULLED. */
  async pull(wanted: WantedImage): Promise<void> {
    const { image, policy } = wanted;
    if (policy === "never") {
      throw new ServiceError(`image ${image} is not on the engine, and its pullPolicy is never`, {
        code: "IMAGE_MISSING",
      });
    }
    let pull = this.#pulls.get(image);
    if (!pull) {
      pull = this.#pull(wanted).finally(() => this.#pulls.delete(image));
      this.#pulls.set(image, pull);
    }
    await pull;
  }

  async #pull({ image, registry }: WantedImage): Promise<void> {
    this.#observe(image, 0);
    const progress = new PullProgress();
    try {
      const lines = this.#engine.lines("POST", "/images/create", {
        query: pullQuery(image),
        ...(registry && { headers: { "X-Registry-Auth": authentication(image, registry) } }),
      });
      for await (const text of lines) {
        const line = JSON.parse(text) as PullLine;
        if (line.error !== undefined) throw new EngineRefusal(500, line.error);
        const percent = progress.take(line);
        if (percent !== undefined && percent < 100) this.#observe(image, percent);
      }
    } catch (thrown) {
      if (!(thrown instanceof EngineRefusal)) throw thrown;
      throw new ServiceError(`image ${image} cannot be pulled: ${describeError(thrown)}`, {
        code: "IMAGE_NOT_PULLED",
        cause: thrown,
      });
    }
    this.#observe(image, 100);
  }
}

function authentication(
  image: string,
  { username, password }: { readonly username: string; readonly password: string },
): string {
  const document = JSON.stringify({ username, password, serveraddress: registryOf(image) });
  // RFC 4648 §5, with its padding: the engine wants it.
  return Buffer.from(document).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
