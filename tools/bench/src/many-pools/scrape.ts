// A scrape of `/metrics`, as Prometheus does it.

/** What a scrape took. */
export interface Scrape {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Reads it. Rejects when it is refused. */
export async function readScrape(port: number): Promise<Scrape> {
  const began = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const { byteLength } = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`GET /metrics answers ${answer.status}`);
  return { milliseconds: performance.now() - began, bytes: byteLength };
}
