import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { parseLines, parseStanzas, readAptArchives } from "./apt-sources.ts";
import { temporaryFolder } from "./fake-nats-server.ts";

const keys = "/usr/share/keyrings/archive.gpg";

test("deb822 stanzas are read with comments, continued lines and inline keys", () => {
  const sources = parseStanzas(`# the machine's own
Types: deb deb-src
# URIs: http://commented.example/debian
URIs: http://mirror.example/debian
Suites: stable
 stable-updates
Components: main
Signed-By: ${keys}

Types: deb
URIs: http://inline.example/debian
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .

Enabled: no
Types: deb
URIs: http://disabled.example/debian

Types: deb-src
URIs: http://sources.example/debian
`);
  assert.deepEqual(
    sources.map(({ uris, suites, signedBy }) => ({ uris, suites, signedBy })),
    [
      {
        uris: ["http://mirror.example/debian"],
        suites: ["stable", "stable-updates"],
        signedBy: keys,
      },
      { uris: ["http://inline.example/debian"], suites: ["stable"], signedBy: undefined },
    ],
  );
});

test("one-line entries are read with and without options", () => {
  const sources = parseLines(`deb http://mirror.example/debian stable main contrib # note
deb [arch=amd64 signed-by=${keys}] http://other.example/debian stable main
deb-src http://mirror.example/debian stable main
# deb http://commented.example/debian stable main
`);
  assert.deepEqual(
    sources.map(({ uris, components, signedBy }) => ({ uris, components, signedBy })),
    [
      {
        uris: ["http://mirror.example/debian"],
        components: ["main", "contrib"],
        signedBy: undefined,
      },
      { uris: ["http://other.example/debian"], components: ["main"], signedBy: keys },
    ],
  );
});

test("the Debian archive comes before other publishers', its security archive not at all", async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.at("sources.list.d"));
  await writeFile(
    folder.at("sources.list"),
    "deb http://mirror.example/debian-security stable-security main\n",
  );
  await writeFile(
    folder.at("sources.list.d", "a.list"),
    `deb [signed-by=${keys}] https://packages.example/apt any main
deb http://mirror.example/docker stable nightly
deb cdrom:[disc]/ stable main
`,
  );
  await writeFile(
    folder.at("sources.list.d", "debian.sources"),
    "Types: deb\nURIs: http://mirror.example/debian/\nSuites: stable\nComponents: main\n",
  );
  await writeFile(
    folder.at("sources.list.d", "a.list.disabled"),
    "deb http://x.example/debian a main",
  );
  assert.deepEqual(await readAptArchives(folder.path), [
    { uri: "http://mirror.example/debian", signedBy: undefined },
    { uri: "https://packages.example/apt", signedBy: keys },
  ]);
});

test("a machine without apt has no archives", async () => {
  await using folder = await temporaryFolder();
  assert.deepEqual(await readAptArchives(folder.at("missing")), []);
});
