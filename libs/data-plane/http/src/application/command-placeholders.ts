// What a command learns about its place: `${PORT}`, `${POOL}` and `${WORKER}` in its arguments and in the
// values of its environment, and three variables.

/** The place of one worker's command. */
export interface CommandPlace {
  readonly port: number;
  readonly pool: string;
  readonly worker: string;
}

const placeholder = /\$\{(PORT|POOL|WORKER)\}/g;

/** `text` with the three placeholders filled in. Other `${…}` are the command's own and stay. */
export function fillPlaceholders(text: string, place: CommandPlace): string {
  const values: Record<string, string> = {
    PORT: String(place.port),
    POOL: place.pool,
    WORKER: place.worker,
  };
  return text.replace(placeholder, (_, name: string) => values[name] ?? "");
}

/** The whole environment of a command: what its pool gives it, filled in, and its place. */
export function commandEnvironment(
  environment: Readonly<Record<string, string>>,
  place: CommandPlace,
): Record<string, string> {
  const filled = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, fillPlaceholders(value, place)]),
  );
  return {
    ...filled,
    PORT: String(place.port),
    PENSTOCK_POOL: place.pool,
    PENSTOCK_WORKER: place.worker,
  };
}
