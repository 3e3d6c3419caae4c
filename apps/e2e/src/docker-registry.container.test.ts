// A real client against a real application: the Docker engine pushes to and pulls from an unmodified registry, an
// image pool, by the listener's address. What the engine does not show of the distribution protocol is asked by
// curl and fetch: where uploads are to go on, ranges, digests, a list of manifests.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { withContainers } from "./support/container-penstock.ts";
import { docker, dockerLines } from "./support/docker.ts";
import type { Penstock, Place } from "./support/penstock.ts";

const run = promisify(execFile);

/** A layer beyond every window and buffer on the way, bytes; random, so that it stays as large. */
const LARGE = 32 * 1024 * 1024;

const LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

const pools = ({ url }: Place) => ({
  registry: {
    urls: [url("/")],
    image: "registry:2",
    port: 5000,
    processModel: { maxProcesses: 1 },
  },
});

test("the Docker engine pushes an image to a registry behind Penstock and pulls it from there", async (context) => {
  await withContainers(pools, async (penstock) => {
    const name = `127.0.0.1:${penstock.port}/penstock/test:1`;
    try {
      let digest = "";
      await context.test("what is pulled is what was pushed", async () => {
        const made = await makeImage(penstock, name);
        const said = await docker(["push", name]);
        digest = /digest: (?<digest>sha256:\w{64})/.exec(said)?.groups?.["digest"] ?? "";
        assert.notEqual(digest, "", said);

        await docker(["image", "rm", name]);
        assert.deepEqual(await dockerLines(["images", "--quiet", name]), [], "it is gone");
        const pulled = await docker(["pull", name]);
        assert.match(pulled, new RegExp(`Digest: ${digest}`));
        assert.equal(pulled.match(/: Pull complete/g)?.length, 3, pulled);
        assert.equal(await docker(["image", "inspect", "--format", "{{.Id}}", name]), made);
      });
      await context.test("a list of manifests is found by HEAD, with its digest", () =>
        listed(penstock, digest),
      );
      await context.test("uploads in parts go on where the registry says", () => inParts(penstock));
    } finally {
      await docker(["image", "rm", "--force", name]);
    }
  });
});

/** Makes an image of three layers; its identity. Without BuildKit, whose cache would keep the layers that are to be pulled. */
async function makeImage({ place }: Penstock, name: string): Promise<string> {
  const context = join(place.folder, "image");
  await mkdir(context);
  await writeFile(join(context, "large"), randomBytes(LARGE));
  await writeFile(join(context, "small"), randomBytes(10));
  await writeFile(join(context, "middle"), randomBytes(300_000));
  const lines = ["FROM scratch", "COPY large /large", "COPY small /small", "COPY middle /middle"];
  await writeFile(join(context, "Dockerfile"), lines.join("\n"));
  return await docker(["build", "--quiet", "--tag", name, context], { DOCKER_BUILDKIT: "0" });
}

async function listed({ origin }: Penstock, digest: string): Promise<void> {
  const manifest = await curl(
    "--head",
    "--header",
    `Accept: ${MANIFEST}`,
    `${origin}/v2/penstock/test/manifests/1`,
  );
  assert.match(manifest, /^HTTP\/1\.1 200 OK\r\n/);
  assert.equal(field(manifest, "docker-content-digest"), digest);

  const list = JSON.stringify({
    schemaVersion: 2,
    mediaType: LIST,
    manifests: [
      {
        mediaType: MANIFEST,
        digest,
        size: Number(field(manifest, "content-length")),
        platform: { os: "linux", architecture: "amd64" },
      },
    ],
  });
  const url = `${origin}/v2/penstock/test/manifests/all`;
  const put = await fetch(url, { method: "PUT", headers: { "content-type": LIST }, body: list });
  assert.equal(put.status, 201, await put.text());
  const head = await curl("--head", "--header", `Accept: ${LIST}`, url);
  assert.equal(field(head, "docker-content-digest"), digestOf(list));
  assert.equal(field(head, "content-type"), LIST);
  assert.equal(field(head, "content-length"), String(list.length));
}

async function inParts({ origin }: Penstock): Promise<void> {
  const blob = randomBytes(3_000_000);
  const half = blob.length / 2;
  const begun = await fetch(`${origin}/v2/penstock/parts/blobs/uploads/`, { method: "POST" });
  assert.equal(begun.status, 202);
  const first = await sendPart(locationOf(begun, origin), blob.subarray(0, half), 0);
  assert.equal(first.status, 202);
  assert.equal(first.headers.get("range"), `0-${half - 1}`);

  const second = await sendPart(locationOf(first, origin), blob.subarray(half), half);
  assert.equal(second.status, 202);
  assert.equal(second.headers.get("range"), `0-${blob.length - 1}`);

  const closing = new URL(locationOf(second, origin));
  closing.searchParams.set("digest", digestOf(blob));
  const closed = await fetch(closing, { method: "PUT" });
  assert.equal(closed.status, 201, await closed.text());
  assert.equal(closed.headers.get("docker-content-digest"), digestOf(blob));

  const whole = await fetch(locationOf(closed, origin));
  assert(Buffer.from(await whole.arrayBuffer()).equals(blob), "byte for byte");
  const range = await part(locationOf(closed, origin), `${half}-${half + 9}`);
  assert.match(range, /^HTTP\/1\.1 206 Partial Content\r\n/);
  assert.equal(field(range, "content-range"), `bytes ${half}-${half + 9}/${blob.length}`);
  const beyond = await part(locationOf(closed, origin), `${blob.length}-`);
  assert.match(beyond, /^HTTP\/1\.1 416 /);
  assert.equal(field(beyond, "content-range"), `bytes */${blob.length}`);
}

/** Sends a part of a blob that begins at this byte. */
function sendPart(url: string, bytes: Buffer, from: number): Promise<Response> {
  return fetch(url, {
    method: "PATCH",
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `${from}-${from + bytes.length - 1}`,
    },
    body: new Uint8Array(bytes),
  });
}

/** What is said of a part of a blob. By HEAD: the registry's 416 promises more body than it has. */
function part(url: string, range: string): Promise<string> {
  return curl("--head", "--range", range, url, "--output", "/dev/null");
}

/** Where an answer leads: an absolute address that the registry made of what it was told, back through the listener. */
function locationOf(answer: Response, origin: string): string {
  const location = answer.headers.get("location") ?? "";
  assert(location.startsWith(`${origin}/v2/`), `Location: ${location}`);
  return location;
}

/** Runs curl; the head of the answer. */
async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("curl", [
    "--disable",
    "--silent",
    "--show-error",
    "--dump-header",
    "-",
    ...args,
  ]);
  return stdout;
}

function field(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (?<value>.*)\r$`, "im").exec(head)?.groups?.["value"];
}

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
