// `npm run boundaries`: says where the workspace breaks its own rules (who may import whom, which
// technology has which door, how files look) and exits with 1 if it does anywhere.

import { fileURLToPath } from "node:url";

import { checkWorkspace } from "./check.ts";
import { readFiles, readPackages } from "./workspace.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const files = readFiles(root);
const findings = checkWorkspace(readPackages(root), files);

for (const finding of findings) process.stdout.write(`${finding}\n`);
process.stdout.write(`boundaries: ${files.length} files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
