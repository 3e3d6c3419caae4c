// The way of a configuration file, in five lines of thought: text becomes YAML, YAML is read along the
// schema, pools are laid over their defaults, rules look at the result, and only a file without a single
// error becomes a configuration. Nothing is thrown; everything found is returned together.

import { deepFreeze, type HostConfiguration } from "./host-configuration.ts";
import type { Environment } from "./notation/interpolation.ts";
import { noHostLimits, type EdgeSettings, type HostLimits } from "@penstock/domain";
import { poolSettings, type WrittenPool } from "./pool-settings.ts";
import { readSetting } from "./reading/read-setting.ts";
import { placeList, type Reading } from "./reading/reading.ts";
import { resolvePool } from "./resolve-pool.ts";
import type { WrittenUrlGroup } from "./resolve-url-groups.ts";
import { checkApplicationFiles, lookUpOnDisk, type LookUp } from "./rules/application-files.ts";
import { checkCanary } from "./rules/canaries.ts";
import { checkCertificates, checkHostsCovered } from "./rules/certificates.ts";
import { checkContainerSettings } from "./rules/container-settings.ts";
import { checkHostMemory } from "./rules/host-limits.ts";
import { defaultsPath, type CandidatePool, type PoolLayer } from "./rules/pool-layer.ts";
import { checkProcessCounts } from "./rules/process-counts.ts";
import { checkSettingsNotYet } from "./rules/settings-not-yet.ts";
import { checkTrustedProxies } from "./rules/trusted-proxies.ts";
import { checkUrlGroups } from "./rules/url-groups.ts";
import { checkUrlPrefixes, type Claimant } from "./rules/url-prefixes.ts";
import { checkOwnVariables, checkSecretNames } from "./rules/variable-names.ts";
import { hostFile } from "./schema/host.ts";
import type { Written } from "./schema/value.ts";
import { faultList, type Fault } from "./source/fault.ts";
import { sourceText } from "./source/source-text.ts";
import { parseYaml } from "./source/yaml-document.ts";

/** Where a text comes from and what it may refer to. */
export interface ConfigurationOrigin {
  /** The name that faults show. */
  readonly file: string;
  /** Absolute; relative paths in the file start here. */
  readonly directory: string;
  /** What `${NAME}` is looked up in. */
  readonly environment: Environment;
  /** How to look whether modules and folders exist. Default: on this machine. */
  readonly lookUp?: LookUp;
  /** Epoch milliseconds, for certificates. Default: now. */
  readonly now?: number;
  /** Whether who reads this file is to read certificates too. Default: `here`, unreadable is an error. */
  readonly certificateFiles?: "here" | "elsewhere";
}

/** A configuration that can be applied, or everything that is wrong with the text. */
export type ConfigurationParse =
  | {
      readonly kind: "ok";
      readonly configuration: HostConfiguration;
      readonly warnings: readonly Fault[];
    }
  | { readonly kind: "invalid"; readonly faults: readonly Fault[] };

/** Reads a configuration file. Never throws; `invalid` holds errors and warnings in the file's order. */
export function parseConfiguration(text: string, origin: ConfigurationOrigin): ConfigurationParse {
  const source = sourceText(origin.file, text);
  const faults = faultList(source);
  const document = parseYaml(source, faults);
  if (document === undefined) return { kind: "invalid", faults: faults.sorted() };
  const reading: Reading = {
    source,
    document,
    environment: origin.environment,
    faults,
    places: placeList(),
    aliases: { followed: 0 },
  };
  const file = readFile(reading);
  const candidates = readPools(reading, file);
  const host = hostLimitsOf(file);
  checkPools(reading, candidates, origin);
  for (const pool of candidates) checkHostMemory(reading, pool, host.memoryBytes);
  const groups = file.urlGroups ?? {};
  checkUrlGroups(reading, groups, new Set(candidates.map(({ name }) => name)));
  const claimants = claimantsOf(candidates, groups);
  checkUrlPrefixes(reading, claimants);
  const edge = readEdge(reading, { file, claimants, origin });
  const found = faults.sorted();
  if (found.some(({ severity }) => severity === "error")) return { kind: "invalid", faults: found };
  const pools = candidates.map(({ name, settings }) =>
    resolvePool(name, settings, { home: origin.directory, groups }),
  );
  return { kind: "ok", configuration: deepFreeze({ pools, edge, host }), warnings: found };
}

type WrittenFile = Written<typeof hostFile>;

/** Reads the whole file along the schema. */
function readFile(reading: Reading): WrittenFile {
  const { document, faults } = reading;
  const top = { start: 0, end: 0 };
  if (document.contents === null) {
    faults.add({ range: top, path: [], message: 'the file is empty: it begins with "version: 1"' });
    return {};
  }
  return readSetting(reading, hostFile, { node: document.contents, path: [], key: top }) ?? {};
}

function hostLimitsOf({ host = {} }: WrittenFile): HostLimits {
  const { maxWorkers = noHostLimits.maxWorkers, memory = noHostLimits.memoryBytes } = host;
  return { maxWorkers, memoryBytes: memory };
}

/** Lays every pool over the defaults. */
function readPools(reading: Reading, file: WrittenFile): readonly CandidatePool[] {
  const defaults: WrittenPool = file.applicationPoolDefaults ?? {};
  checkLayer(reading, { path: defaultsPath, written: defaults });
  checkSettingsNotYet(reading, "file", { path: [], written: file });
  return Object.entries(file.applicationPools ?? {}).map(([name, written]) => {
    const path = ["applicationPools", name];
    checkLayer(reading, { path, written });
    return { name, path, settings: poolSettings(defaults, written) };
  });
}

/** Everything that has prefixes: pools, and the URL groups beside them. */
function claimantsOf(
  pools: readonly CandidatePool[],
  groups: Readonly<Record<string, WrittenUrlGroup>>,
): readonly Claimant[] {
  return [
    ...pools.map(({ name, path, settings }) => ({ pool: name, path, urls: settings.urls ?? [] })),
    ...Object.entries(groups).map(([name, { pool = name, urls = [] }]) => ({
      pool,
      path: ["urlGroups", name],
      urls,
    })),
  ];
}

/** Reads what listeners do besides routing. Entries that are not complete are errors already. */
function readEdge(
  reading: Reading,
  {
    file,
    claimants,
    origin,
  }: {
    file: WrittenFile;
    claimants: readonly Claimant[];
    origin: ConfigurationOrigin;
  },
): EdgeSettings {
  const written = (file.tls?.certificates ?? []).flatMap(({ host, cert, key }) =>
    host === undefined || cert === undefined || key === undefined ? [] : [{ host, cert, key }],
  );
  const complete = written.length === (file.tls?.certificates ?? []).length;
  const { directory: home, now = Date.now(), certificateFiles = "here" } = origin;
  const certificates = complete
    ? checkCertificates(reading, written, { home, now, certificateFiles })
    : written;
  checkHostsCovered(reading, claimants, certificates);
  const trustedProxies = file.listener?.trustedProxies ?? [];
  const proxyProtocolPorts = file.listener?.proxyProtocolPorts ?? [];
  checkTrustedProxies(reading, claimants, { trustedProxies, proxyProtocolPorts });
  return { certificates, trustedProxies, proxyProtocolPorts };
}

function checkLayer(reading: Reading, layer: PoolLayer): void {
  checkSettingsNotYet(reading, "pool", layer);
  checkOwnVariables(reading, layer);
}

function checkPools(
  reading: Reading,
  pools: readonly CandidatePool[],
  { directory, lookUp = lookUpOnDisk }: ConfigurationOrigin,
): void {
  for (const pool of pools) {
    checkProcessCounts(reading, pool);
    checkSecretNames(reading, pool);
    checkContainerSettings(reading, pool);
    checkApplicationFiles(reading, pool, { home: directory, lookUp });
    checkCanary(reading, pool, { home: directory, lookUp });
  }
}
