// Versions of nats-server: which one Penstock ships and tests, which one it still accepts, and how two
// of them compare. Pure; who runs the binary to ask it stands in probe-binary.ts.

/** The version that is fetched and that the tests run against. */
export const testedVersion = "2.15.1";

/** The oldest accepted one: 2.11 brought per-message TTL, consumer pause and multi-last direct gets. */
export const minimumVersion = "2.11.0";

/** Finds the version in what `nats-server --version` prints; undefined when there is none. */
export function parseVersion(printed: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)\b/.exec(printed)?.[1];
}

/** Negative when `left` is older than `right`, zero when both are the same, positive when it is newer. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
