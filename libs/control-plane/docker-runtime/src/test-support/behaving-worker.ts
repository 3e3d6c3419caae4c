// What the workers of these tests run in their containers, as worker host or as the application beside it:
// the host reads its document first, then either behaves as the variable BEHAVIOUR says. It stands alone in
// its image: it imports nothing of ours.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

interface Behaviour {
  readonly kind: string;
  readonly code?: number;
  readonly stream?: "stdout" | "stderr";
  readonly text?: string;
}

const isApplication = process.env["PORT"] !== undefined;
const input = isApplication ? "{}" : await text(process.stdin);
if (input === "") process.exit(70);
const bootstrap = JSON.parse(input) as {
  readonly credentials: string;
  readonly secrets: Readonly<Record<string, string>>;
};
const behaviour = JSON.parse(process.env["BEHAVIOUR"] ?? '{"kind":"idles"}') as Behaviour;
// Something has to keep the process alive.
const life = setInterval(() => {}, 60_000);
const print = (line: string) => process.stdout.write(`${line}\n`);

switch (behaviour.kind) {
  case "idles":
    process.on("SIGTERM", () => {
      print(isApplication ? "the application ends" : "the host ends");
      process.exit(0);
    });
    print("idling");
    break;
  case "ignores-drain":
    process.on("SIGTERM", () => {});
    print("idling");
    break;
  case "tells-time":
    process.on("SIGTERM", () => process.exit(0));
    setInterval(() => print(`at ${Date.now()}`), 5);
    break;
  case "exits":
    process.exit(behaviour.code);
    break;
  case "prints":
    process[behaviour.stream ?? "stdout"].write(behaviour.text ?? "");
    clearInterval(life);
    break;
  case "tells-what-it-was-given":
    print(`environment ${JSON.stringify(process.env)}`);
    print(`credentials ${bootstrap.credentials}`);
    print(`secrets ${JSON.stringify(bootstrap.secrets)}`);
    clearInterval(life);
    break;
  case "tells-its-files":
    for (const name of readdirSync("/run/secrets"))
      print(`${name} ${readFileSync(`/run/secrets/${name}`, "utf8")}`);
    clearInterval(life);
    break;
  case "tells-its-bounds":
    print(
      readFileSync("/proc/self/status", "utf8")
        .match(/^(?:CapEff|CapBnd|NoNewPrivs):.*$/gm)
        ?.join() ?? "",
    );
    print(`files ${["/", "/usr/bin", "/tmp"].map((folder) => tellWritten(folder)).join()}`);
    print(`user ${process.getuid?.()}`);
    clearInterval(life);
    break;
  case "fills-its-memory":
    // Outside of V8's heap: the container's limit is met, not V8's.
    for (const kept: Buffer[] = []; ;) kept.push(Buffer.alloc(1 << 20, 1));
  default:
    process.exit(71);
}

function tellWritten(folder: string): string {
  try {
    writeFileSync(`${folder}/written`, "");
    return "written";
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code ?? "";
  }
}
