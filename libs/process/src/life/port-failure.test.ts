import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import { portFailure } from "./port-failure.ts";

test("a port in use is named, with how to find its holder and where else to go", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const at = { host: "127.0.0.1", port: (holder.address() as AddressInfo).port };
  const [cause] = (await once(createServer().listen(at), "error")) as [unknown];
  const failure = portFailure(at, cause, "use another one");
  holder.close();
  assert.equal(failure.code, "PORT_IN_USE");
  assert.match(failure.message, new RegExp(`port ${at.port} is in use`));
  assert.match(failure.remedy ?? "", /ss -ltnp .* or use another one\.$/);
});

test("a low port says who may open it", () => {
  const cause = Object.assign(new Error("permission denied"), { code: "EACCES" });
  const failure = portFailure({ host: "::", port: 80 }, cause, "use another one");
  assert.match(failure.message, /port 80 may not be opened/);
});

test("an address that this machine does not have is named", () => {
  const cause = Object.assign(new Error("bind EADDRNOTAVAIL"), { code: "EADDRNOTAVAIL" });
  const failure = portFailure({ host: "192.0.2.1", port: 8080 }, cause, "use another one");
  assert.match(failure.message, /192\.0\.2\.1/);
  assert.match(failure.remedy ?? "", /192\.0\.2\.1/);
});
