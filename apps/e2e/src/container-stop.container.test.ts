// Ctrl-C with workers as containers: what runs finishes, and no container, network or volume is left.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { docker, dockerLines } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import { withLimit } from "./support/with-limit.ts";

test("Ctrl-C lets a request in a container finish, and leaves nothing on the engine", () =>
  withContainers(
    (place) => ({ plain: { ...plainPool(place), secrets: { TOKEN: { file: "./token" } } } }),
    async (penstock) => {
      await writeFile(join(penstock.workspace.folder, "token"), "s3cret");
      const answer = fetch(`${penstock.origin}/plain/slow?wait=2000`);
      await eventually("it runs", () => penstock.pool("plain"), {
        found: ({ slots }) => slots.busy === 1,
      });
      const [container = ""] = await containersOf(penstock, "plain", "application");
      const volume = await docker([
        "inspect",
        "--format",
        "{{range .Mounts}}{{.Name}}{{end}}",
        container,
      ]);
      assert.match(volume, /^[0-9a-f]{64}$/, "its secrets are in a volume of its own");
      penstock.signal("SIGINT");
      assert.equal(await (await answer).text(), "/plain/slow ");
      const end = await withLimit(penstock.command.ended, 15_000, "the stop");
      assert.deepEqual(end, { code: 0, signal: null });
      assert(!(await dockerLines(["volume", "ls", "--quiet"])).includes(volume));
    },
  ));
