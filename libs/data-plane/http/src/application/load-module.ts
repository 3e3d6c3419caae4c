// From the `module:` of a pool to the value that the module exports. Nothing is decided about the value
// here; application-shape.ts does that.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve as resolvePath } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describeError } from "@penstock/foundation";
import { ApplicationError } from "./errors.ts";
import { describeThrown } from "./thrown.ts";

const notFoundCodes = new Set(["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND", "ENOENT"]);

/**
 * Imports the module and returns its default export, which for CommonJS is `module.exports`.
 * `specifier` is a path (with or without `./`, relative to `directory`), a `file:` URL or the name of a
 * package that `directory` can see. Throws an {@link ApplicationError} that names the path.
 */
export async function loadModule(specifier: string, directory: string): Promise<unknown> {
  const path = locate(specifier, directory);
  const namespace = await importFrom(path, specifier);
  return exportedApplication(namespace, path);
}

function locate(specifier: string, directory: string): string {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  const asPath = resolvePath(directory, specifier);
  const isPath = specifier.startsWith(".") || specifier.startsWith("/") || existsSync(asPath);
  const from = createRequire(resolvePath(directory, "from-here.js"));
  try {
    return from.resolve(isPath ? asPath : specifier);
  } catch (cause) {
    throw new ApplicationError(
      "APPLICATION_MODULE_NOT_FOUND",
      isPath
        ? `the module ${specifier} does not exist: looked for ${asPath}`
        : `the module ${specifier} is neither a file in ${directory} nor a package that it can see ` +
            `(${describeError(cause)})`,
      { cause, remedy: "Give the path of the file, relative to the configuration file." },
    );
  }
}

async function importFrom(path: string, specifier: string): Promise<object> {
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (cause) {
    const missing = isMissing(cause, path);
    throw new ApplicationError(
      missing ? "APPLICATION_MODULE_NOT_FOUND" : "APPLICATION_MODULE_FAILED",
      missing
        ? `the module ${specifier} does not exist: looked for ${path}`
        : `the module ${path} could not be loaded: ${describeThrown(cause)}`,
      { cause },
    );
  }
}

/** True when the module itself is not there, as against one that it imports. */
function isMissing(thrown: unknown, path: string): boolean {
  const { code } = thrown as { code?: unknown };
  return typeof code === "string" && notFoundCodes.has(code) && !existsSync(path);
}

function exportedApplication(namespace: object, path: string): unknown {
  if (!("default" in namespace)) {
    const names = Object.keys(namespace);
    throw new ApplicationError(
      "APPLICATION_SHAPE_UNKNOWN",
      `the module ${path} has no default export; it exports ${names.join(", ") || "nothing"}`,
      { remedy: "Export the application as the module's default export." },
    );
  }
  const exported = namespace.default;
  return isCompiledModule(exported) ? exported.default : exported;
}

/** CommonJS that a compiler made from `export default`. */
function isCompiledModule(exported: unknown): exported is { readonly default: unknown } {
  if (exported === null || typeof exported !== "object") return false;
  return "__esModule" in exported && "default" in exported;
}
