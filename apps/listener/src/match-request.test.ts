import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import test from "node:test";
import { CurrentRouting } from "./current-routing.ts";
import { givenRoute } from "./given-route.ts";
import { matchRequest } from "./match-request.ts";
import { pathLimits } from "./settings.ts";

const routing = new CurrentRouting();
routing.replace({
  version: 1,
  pools: [
    givenRoute("any"),
    givenRoute("host", { urls: ["http://shop.example:8080/"] }),
    givenRoute("local", { urls: ["http://127.0.0.1:9090/"] }),
  ],
});
const match = matchRequest(routing);

/** A request on a socket whose local end is as given. */
function request(url: string, fields: readonly string[], local = { port: 8080, address: "::1" }) {
  const socket = Object.defineProperties(new Socket(), {
    localPort: { value: local.port },
    localAddress: { value: local.address },
  });
  const message = new IncomingMessage(socket);
  message.method = "GET";
  message.url = url;
  message.rawHeaders = [...fields];
  return message;
}

function poolOf(...given: Parameters<typeof request>): string {
  const found = match(request(...given));
  return typeof found === "string" ? found : found.name;
}

test("port, host and path lead to the pool, however the field's name is written", () => {
  for (const name of ["Host", "host", "HOST"]) {
    assert.equal(poolOf("/any/x", [name, "other.example"]), "any");
    assert.equal(poolOf("/", ["X-First", "1", name, "shop.example:8080"]), "host");
  }
});

test("a host that nobody serves and a path that nobody serves are told apart", () => {
  assert.equal(poolOf("/x", ["Host", "other.example"], { port: 9090, address: "::1" }), "Hostname");
  assert.equal(poolOf("/nowhere", ["Host", "other.example"]), "NotFound");
});

test("a prefix that is bound to an address is matched by the connection's own end", () => {
  const at = { port: 9090, address: "::ffff:127.0.0.1" };
  assert.equal(poolOf("/", ["Host", "127.0.0.1:9090"], at), "local");
});

test("two Host fields are refused, equal or not", () => {
  assert.equal(poolOf("/any/", ["Host", "a", "host", "a"]), "BadRequest");
  assert.equal(poolOf("/any/", ["Host", "a", "X", "y", "HOST", "b"]), "BadRequest");
});

test("a request without a Host field is refused", () => {
  assert.equal(poolOf("/any/", ["Hostess", "a"]), "Hostname");
});

test("a listener's own limits on segments hold for what is matched", () => {
  const long = `/any/${"s".repeat(300)}`;
  assert.equal(poolOf(long, ["Host", "a"]), "URL");
  const wide = new CurrentRouting(pathLimits({ urlSegmentMaxLength: 0, urlSegmentMaxCount: 2 }));
  wide.replace({ version: 1, pools: [givenRoute("any")] });
  const matchWide = matchRequest(wide);
  assert.equal(typeof matchWide(request(long, ["Host", "a"])), "object");
  assert.equal(matchWide(request("/any/1/2", ["Host", "a"])), "URL");
});

test("the table of the moment counts, on a connection that was there before too", () => {
  const changing = new CurrentRouting();
  const matchNow = matchRequest(changing);
  const message = request("/new/", ["Host", "a"]);
  assert.equal(matchNow(message), "Hostname");
  changing.replace({ version: 1, pools: [givenRoute("new")] });
  const group = matchNow(message);
  assert(typeof group === "object");
  assert.equal(group.pool, changing.pool("new"));
});
