// A registry with one tiny image on a port of this machine (OCI distribution, as much of it as a pull
// needs), behind a name and a password. The engine takes registries on loopback without TLS.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { tarArchive } from "../tar-archive.ts";

/** A running registry. */
export interface SmallRegistry extends AsyncDisposable {
  /** `localhost:<port>`. */
  readonly name: string;
}

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Starts a registry that has `acme/tiny:1` for whoever knows name and password. */
export async function startSmallRegistry(name: string, password: string): Promise<SmallRegistry> {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
  const { blobs, manifest } = tinyImage();
  const answer = ({ url = "", headers }: IncomingMessage, response: ServerResponse) => {
    if (headers.authorization !== authorization)
      return response.writeHead(401, { "WWW-Authenticate": 'Basic realm="tests"' }).end("{}");
    if (url === "/v2/") return response.end("{}");
    const [, kind = "", reference = ""] = /^\/v2\/acme\/tiny\/(\w+)\/(.+)$/.exec(url) ?? [];
    if (kind === "manifests" && ["1", digestOf(manifest)].includes(reference)) {
      const type = "application/vnd.docker.distribution.manifest.v2+json";
      response.setHeader("Docker-Content-Digest", digestOf(manifest));
      response.setHeader("Content-Length", manifest.length);
      return response.setHeader("Content-Type", type).end(manifest);
    }
    const blob = kind === "blobs" ? blobs.get(reference) : undefined;
    if (blob) return response.setHeader("Content-Length", blob.length).end(blob);
    const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }];
    return response
      .writeHead(404, { "Content-Type": "application/json" })
      .end(JSON.stringify({ errors }));
  };
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    name: `localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** An image with one file in it and no program. */
function tinyImage(): { readonly blobs: ReadonlyMap<string, Buffer>; readonly manifest: Buffer } {
  const tar = tarArchive([{ name: "file", content: "x".repeat(100_000) }]);
  const layer = gzipSync(tar);
  const configuration = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { Entrypoint: ["/no-such-program"] },
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    }),
  );
  const described = (mediaType: string, bytes: Buffer) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: bytes.length,
    digest: digestOf(bytes),
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      config: described("container.image.v1+json", configuration),
      layers: [described("image.rootfs.diff.tar.gzip", layer)],
    }),
  );
  const blobs = new Map([configuration, layer].map((bytes) => [digestOf(bytes), bytes]));
  return { blobs, manifest };
}
