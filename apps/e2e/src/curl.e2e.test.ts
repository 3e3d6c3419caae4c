// A real client against a real application: curl uploads to, resumes from and asks Express for compressed
// answers, over HTTP/1.1 and over HTTP/2.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { aCertificate, writeCertificate } from "@penstock/testing";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));
const CERTIFICATE = aCertificate(["127.0.0.1"]);
const BYTES = 3_000_000;

const run = promisify(execFile);

/** http on the first port, https on the second. */
function configuration(place: Place): string {
  writeCertificate(join(place.folder, "files"), CERTIFICATE);
  const environment = { FILES: place.folder };
  const urls = (path: string) => [place.url(path), `https://+:${place.otherPort}${path}`];
  return JSON.stringify({
    version: 1,
    applicationPools: {
      module: { urls: urls("/module/"), module: place.application("files"), environment },
      command: {
        urls: urls("/command/"),
        command: [process.execPath, SERVE, "files"],
        environment,
      },
    },
    tls: { certificates: [{ host: "127.0.0.1", cert: "files.crt", key: "files.key" }] },
  });
}

test("curl uploads, resumes and gets compressed answers through Penstock", async (context) => {
  await withPenstock(configuration, async (penstock) => {
    const { folder, port, otherPort } = penstock.place;
    const content = randomBytes(BYTES);
    await writeFile(join(folder, "content"), content);
    for (const pool of ["module", "command"]) {
      const plain = `http://127.0.0.1:${port}/${pool}`;
      const secure = `https://127.0.0.1:${otherPort}/${pool}`;
      await context.test(`${pool}: HTTP/1.1`, () => converse(penstock, content, [plain, "1.1"]));
      await context.test(`${pool}: HTTP/2`, () => converse(penstock, content, [secure, "2"]));
    }
  });
});

async function converse(
  { place: { folder } }: Penstock,
  content: Buffer,
  [url, version]: readonly [url: string, version: string],
): Promise<void> {
  const protocol = ["--cacert", join(folder, "files.crt"), `--http${version}`];
  const curl = async (...args: string[]) => {
    const quiet = ["--silent", "--show-error", "--fail", "--verbose", "--max-time", "60"];
    const running = run("curl", [...quiet, ...protocol, ...args], { cwd: folder });
    // Read where a file is called "-".
    running.child.stdin?.on("error", () => {}).end(content);
    return (await running).stderr;
  };
  const holds = async (name: string, expected = content) =>
    assert(expected.equals(await readFile(join(folder, name))), `${name} is as it was`);

  const expecting = ["--header", "Expect: 100-continue", "--expect100-timeout", "50"];
  const uploaded = await curl(...expecting, "--upload-file", "content", `${url}/uploaded`);
  if (version === "1.1") assert.match(uploaded, /^< HTTP\/1\.1 100 Continue/m);
  assert.match(uploaded, new RegExp(`^< HTTP/${version} 201`, "m"));
  await holds("uploaded");

  const streamed = curl("--upload-file", "-", `${url}/streamed`);
  if (version === "1.1") assert.match(await streamed, /^> Transfer-Encoding: chunked/im);
  await streamed;
  await holds("streamed");

  await writeFile(join(folder, "resumed"), content.subarray(0, 1_000_000));
  const resumed = await curl("--continue-at", "-", "--output", "resumed", `${url}/content`);
  assert.match(resumed, /^< content-range: bytes 1000000-2999999\/3000000/im);
  await holds("resumed");

  await curl("--range", "5-9", "--output", "ranged", `${url}/content`);
  await holds("ranged", content.subarray(5, 10));

  const unpacked = await curl("--compressed", "--output", "unpacked", `${url}/content?gzip`);
  assert.match(unpacked, /^< content-encoding: gzip/im);
  await holds("unpacked");
}
