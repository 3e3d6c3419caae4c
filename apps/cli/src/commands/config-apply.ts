// `penstock config apply`: the running controller takes another configuration into force, and says what that
// changes, or what is wrong with it.

import { AdminClient, type AdminOptions } from "../admin-client.ts";
import { print, tell } from "../print.ts";
import { readConfigurationText } from "../read-configuration-text.ts";

const REMEDY = "Name no file to have the controller read its own again.";

/** What the command was told. */
export interface ApplyOptions extends AdminOptions {
  readonly output: "table" | "json";
  readonly dryRun?: boolean;
}

interface Outcome {
  readonly kind: "applied" | "unchanged" | "planned";
  readonly generation: string;
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

/** Applies the controller's file as it is now, or another one, which replaces it. */
export async function apply(file: string | undefined, options: ApplyOptions): Promise<void> {
  const text = file === undefined ? undefined : readConfigurationText(file, REMEDY);
  const query = new URLSearchParams({
    ...(options.dryRun && { dryRun: "true" }),
    ...(file !== undefined && { file }),
  });
  const client = new AdminClient(options);
  const path = `config/apply?${query.toString()}`;
  const outcome = (await (text === undefined
    ? client.post(path)
    : client.postConfiguration(path, text))) as Outcome;
  if (options.output === "json") {
    print(JSON.stringify(outcome, undefined, 2));
    return;
  }
  for (const warning of outcome.warnings) tell(warning);
  for (const change of outcome.changes) print(change);
  print(closing(outcome));
}

function closing({ kind, generation, changes }: Outcome): string {
  const count = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  if (kind === "planned") return `${count} would be applied. Nothing was.`;
  return kind === "unchanged"
    ? `Nothing changes: configuration ${generation} is in force.`
    : `${count} applied: configuration ${generation} is in force.`;
}
