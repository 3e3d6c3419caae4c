// `penstock url test`: which pool would serve a URL, and by which prefix. Asks the same table as a listener.

import {
  buildRoutingTable,
  localEndpoint,
  parseUrlPrefix,
  reasons,
  type UrlPrefix,
} from "@penstock/domain";
import { ServiceError } from "@penstock/foundation";
import { exitCode } from "../exit-code.ts";
import { columns, print } from "../print.ts";
import { readConfigurationFile } from "../read-configuration-file.ts";

interface Registration {
  readonly pool: string;
  readonly prefix: UrlPrefix;
}

/** Prints where a request for `url` would go. */
export function urlTest(method: string, url: string, options: { config: string }): void {
  const configuration = readConfigurationFile(options.config);
  if (!configuration) return;
  const target = parse(url);
  const scheme = target.protocol === "https:" ? "https" : "http";
  const port = Number(target.port) || (scheme === "https" ? 443 : 80);
  const registrations = configuration.pools.flatMap((pool) =>
    pool.urls.flatMap((text) => registrationOf(pool.name, text)),
  );
  const build = buildRoutingTable(registrations);
  if (build.kind === "conflicts")
    throw new ServiceError("the URL prefixes conflict", { code: "CONFIGURATION_INVALID" });
  const rest = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  const found = build.table.match(
    localEndpoint(scheme, port, target.hostname),
    target.host,
    rest.startsWith("/") ? rest : "/",
  );
  if (typeof found === "string") {
    print(
      columns([
        ["request", `${method.toUpperCase()} ${url}`],
        ["refused", `${reasons[found].status} ${found}: ${reasons[found].title}`],
      ]),
    );
    process.exitCode = exitCode.notFound;
    return;
  }
  print(
    columns([
      ["request", `${method.toUpperCase()} ${url}`],
      ["pool", found.pool],
      ["prefix", found.prefix.fullPrefix],
      ["category", found.prefix.category],
    ]),
  );
}

function registrationOf(pool: string, text: string): [UrlPrefix, Registration][] {
  const parsed = parseUrlPrefix(text);
  return parsed.kind === "prefix" ? [[parsed.prefix, { pool, prefix: parsed.prefix }]] : [];
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    process.exitCode = exitCode.usage;
    throw new ServiceError(`"${url}" is not a URL`, {
      code: "URL_INVALID",
      remedy: "Write it whole: http://host:port/path",
      cause,
    });
  }
}
