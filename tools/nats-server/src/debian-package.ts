// The Debian package of a newer suite than the machine's own, fetched by apt's own client in private
// folders: its mirror, its proxy settings and its signature checks hold, and nothing is installed. The
// binary needs nothing but libc and runs on older Debians (tried on 12).

import { execFile } from "node:child_process";
import { access, mkdir, readdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeError } from "@penstock/foundation";
import { type AptArchive, readAptArchives } from "./apt-sources.ts";
import { fetchIntoCache } from "./cache.ts";
import type { Look, ReportFind } from "./place.ts";
import { executablesNamed } from "./search-path.ts";

// The suite that carries the tested version.
const debianSuite = "forky";

const defaultKeyFile = "/usr/share/keyrings/debian-archive-keyring.gpg";

// The suite's index has 10 MB, the package 5 MB: seconds on any mirror, minutes at most on a slow line.
const aptLimitMs = 180_000;

const run = promisify(execFile);

/** What the Debian place needs to know. */
export interface DebianOptions {
  readonly cacheDirectory: string;
  readonly searchPath: string | undefined;
  readonly report: ReportFind;
  /** Where the machine's apt sources are. */
  readonly aptFolder?: string;
}

/** Fetches the package from the machine's own mirror and keeps its binary in the cache. */
export async function lookInDebian(options: DebianOptions): Promise<Look> {
  const tools = await Promise.all(
    ["apt-get", "dpkg-deb"].map(async (tool) => ({
      tool,
      paths: await executablesNamed(tool, options.searchPath),
    })),
  );
  const missing = tools.filter(({ paths }) => paths.length === 0).map(({ tool }) => tool);
  if (missing.length > 0) {
    return { kind: "nothing", reason: `this machine has no ${missing.join(" and no ")}` };
  }
  const archives = await readAptArchives(options.aptFolder ?? "/etc/apt");
  if (archives.length === 0) return { kind: "nothing", reason: "apt's sources name no archive" };
  options.report({ kind: "fetching", source: "debian", what: `nats-server of ${debianSuite}` });
  const reasons: string[] = [];
  for (const archive of archives) {
    try {
      const look = await fetchIntoCache(options.cacheDirectory, (at) => fetchPackage(at, archive));
      if (look.kind === "offers") return look;
      reasons.push(look.reason);
    } catch (thrown) {
      reasons.push(firstComplaint(thrown));
    }
  }
  return { kind: "nothing", reason: [...new Set(reasons)].join("; ") };
}

async function fetchPackage(folder: string, archive: AptArchive): Promise<string> {
  const configuration = await writeAptConfiguration(folder, archive);
  const apt = (...parameters: readonly string[]) =>
    run("apt-get", ["-c", configuration, "-qq", ...parameters], {
      cwd: folder,
      timeout: aptLimitMs,
      maxBuffer: 16 * 1024 * 1024,
      env: { ...process.env, LC_ALL: "C" },
    });
  await apt("update");
  await apt("download", "nats-server");
  const file = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error("apt-get download left no package");
  await run("dpkg-deb", ["-x", join(folder, file), join(folder, "unpacked")]);
  return join(folder, "unpacked", "usr", "sbin", "nats-server");
}

// Everything that apt would write goes to the private folder. `-c` is read after the machine's own
// configuration: what that says about proxies and certificates holds, and its hooks, which would work on
// the machine's own package lists, are cleared.
async function writeAptConfiguration(folder: string, archive: AptArchive): Promise<string> {
  const at = (...names: readonly string[]) => join(folder, "apt", ...names);
  await mkdir(at("lists", "partial"), { recursive: true });
  await mkdir(at("cache", "archives", "partial"), { recursive: true });
  await mkdir(at("sources"));
  await writeFile(at("status"), "");
  await writeFile(at("sources", "suite.sources"), await sourceStanza(archive));
  const configuration = `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${at("sources")}";
Dir::State::lists "${at("lists")}";
Dir::State::status "${at("status")}";
Dir::Cache "${at("cache")}";
APT::Sandbox::User "${userInfo().username}";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "1";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
`;
  await writeFile(at("apt.conf"), configuration);
  return at("apt.conf");
}

async function sourceStanza({ uri, signedBy }: AptArchive): Promise<string> {
  const lines = ["Types: deb", `URIs: ${uri}`, `Suites: ${debianSuite}`, "Components: main"];
  const keys = signedBy ?? defaultKeyFile;
  // Without a key file apt falls back to the keys that it trusts for everything.
  if (
    await access(keys).then(
      () => true,
      () => false,
    )
  )
    lines.push(`Signed-By: ${keys}`);
  return `${lines.join("\n")}\n`;
}

function firstComplaint(thrown: unknown): string {
  const lines = describeError(thrown).split("\n");
  return lines.find((line) => line.startsWith("E:")) ?? lines[0] ?? "apt-get failed";
}
