// Rules about what runs in a container: an image and its port belong together, and what lies in an image
// is named by its path in there.

import { isAbsolute } from "node:path";
import type { Reading } from "../reading/reading.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";
import { locate, type CandidatePool } from "./pool-layer.ts";

/** Reports an image without a port, a port without an image, and paths that are none in an image. */
export function checkContainerSettings(reading: Reading, pool: CandidatePool): void {
  const { image, port, module, directory, container } = pool.settings;
  const unread = reading.faults.hasErrorAt([...pool.path, "port"]);
  if (image !== undefined && port === undefined && !unread)
    report(reading, pool, ["image"], "needs port: the one that the image serves HTTP on");
  if (image === undefined && port !== undefined)
    report(
      reading,
      pool,
      ["port"],
      "belongs to image: modules need none, commands get theirs in $PORT",
    );
  if (container.image === undefined) return;
  if (image !== undefined) {
    const says = "is for module and command: this pool runs an image as it is";
    report(reading, pool, ["container", "image"], says);
  }
  const inImage = "is a path in container.image and has to begin with /";
  if (module !== undefined && !isAbsolute(module)) report(reading, pool, ["module"], inImage);
  if (directory !== undefined && !isAbsolute(directory))
    report(reading, pool, ["directory"], inImage);
}

function report(reading: Reading, pool: CandidatePool, keys: KeyPath, says: string): void {
  const located = locate(reading, pool, keys);
  if (located === undefined) return;
  reading.faults.add({
    range: located.place.key,
    path: located.path,
    message: `${formatKeyPath(located.path)} ${says}`,
  });
}
