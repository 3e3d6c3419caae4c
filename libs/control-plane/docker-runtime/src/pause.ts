// A container's pause and its end. The engine refuses to pause what is paused, and to go on with what runs,
// in words and codes that differ from version to version: so it is looked at only then.

import type { ContainerState } from "./container-end.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";

/** Freezes a container. One that is paused already, or has ended, is left at that. */
export function pause(engine: DockerEngine, container: string): Promise<void> {
  return turn(engine, container, true);
}

/** Lets a container go on. One that runs, or has ended, is left at that. */
export function unpause(engine: DockerEngine, container: string): Promise<void> {
  return turn(engine, container, false);
}

async function turn(engine: DockerEngine, container: string, paused: boolean): Promise<void> {
  try {
    await engine.call("POST", `/containers/${container}/${paused ? "pause" : "unpause"}`);
  } catch (thrown) {
    if (!(thrown instanceof EngineRefusal)) throw thrown;
    const state = await stateOf(engine, container);
    if (state?.Running && state.Paused !== paused) throw thrown;
  }
}

/** What the engine says about a container; undefined when it knows none of this name. */
export async function stateOf(
  engine: DockerEngine,
  container: string,
): Promise<ContainerState | undefined> {
  try {
    return (await engine.call<{ State: ContainerState }>("GET", `/containers/${container}/json`))
      .State;
  } catch (thrown) {
    if (isUnknown(thrown)) return undefined;
    throw thrown;
  }
}
