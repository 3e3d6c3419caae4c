// What a person needs to see of something that an application threw: the message and the application's
// own frames. Node's frames and everything past the first few tell nothing about where to look.

/** Frames of the application that are shown: enough for the way from the fault to the entry point. */
const framesMax = 6;

/** `at emit (node:events:514:28)`, `at node:internal/main/…` */
const nodeFrame = /[( ]node:/;

/** Message and useful frames of whatever was thrown, for the log and for the error of a failed import. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown value: ${printed(thrown)}`;
  const stack = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
  const lines = stack.split("\n");
  const firstFrame = lines.findIndex((line) => line.startsWith("    at "));
  if (firstFrame === -1) return stack;
  const frames = lines
    .slice(firstFrame)
    .filter((line) => line.startsWith("    at ") && !nodeFrame.test(line))
    .slice(0, framesMax);
  return [...lines.slice(0, firstFrame), ...frames].join("\n");
}

function printed(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
