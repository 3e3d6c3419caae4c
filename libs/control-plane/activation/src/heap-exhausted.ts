// V8's own limit on memory: at it V8 says so on standard error and aborts.

/** True for the line that V8 writes when its heap limit is reached. */
export function tellsHeapExhausted(line: string): boolean {
  return line.startsWith("FATAL ERROR:") && line.includes("JavaScript heap out of memory");
}
