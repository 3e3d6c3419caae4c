// Credentials that must not open anything: expired, revoked, altered, forged, stolen in part, of the wrong
// kind. Each is refused at the connect, so nothing can follow.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type ConnectionOptions } from "@nats-io/transport-node";
import { authenticateWith, Nkey, type Credentials } from "@penstock/nats-connection";
import { poolAccountClaims, sharedAccountClaims, accountToken } from "./account-tokens.ts";
import { encodeToken } from "./jwt.ts";
import { HostileWorld } from "./test-support/hostile-world.ts";
import { until } from "./test-support/ends.ts";
import { loadOrCreateTrust } from "./trust.ts";
import { issueWorkerCredentials } from "./user-credentials.ts";

let world: HostileWorld;
before(async () => {
  world = await HostileWorld.start();
});
after(() => world[Symbol.asyncDispose]());

const nowS = (): number => Math.floor(Date.now() / 1000);

async function refused(options: ConnectionOptions): Promise<void> {
  const denials: string[] = [];
  const outcome = await world.watch("alpha", denials, async () => {
    try {
      const connection = await connect({
        servers: world.broker.url,
        reconnect: false,
        timeout: 2000,
        ...options,
      });
      await connection.close();
    } catch (thrown) {
      denials.push(String(thrown));
    }
  });
  world.tally.add(outcome);
  assert.deepEqual(outcome.effects, []);
  // The broker may close before it has read what the client says: then that is all there is to see.
  assert.match(outcome.denials.join(), /Authorization|Authentication|EPIPE|ECONNRESET|closed/);
}

const shown = (credentials: Credentials): ConnectionOptions => ({
  authenticator: authenticateWith(() => credentials),
});

/** A worker's token, with something changed before it is signed. */
function token(
  change: Partial<Parameters<typeof encodeToken>[0]> & { signer?: Nkey; user?: Nkey } = {},
): Credentials {
  const keys = world.broker.trust.pools.of("alpha");
  const user = change.user ?? Nkey.create("user");
  const jwt = encodeToken(
    {
      name: "a1",
      subject: user.publicKey,
      claims: { type: "user", version: 2, issuer_account: keys.id },
      issuedAt: nowS(),
      expiresAt: nowS() + 60,
      ...change,
    },
    change.signer ?? keys.signer,
  );
  return { jwt, seed: user.seed() };
}

/** Changes a token after it was signed. */
function altered({ jwt, seed }: Credentials, change: (body: Record<string, unknown>) => void) {
  const [header, body = "", signature] = jwt.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  change(claims);
  const changed = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return { jwt: [header, changed, signature].join("."), seed };
}

test("what is right is accepted, so that the others are refused for what is wrong with them", async () => {
  const connection = await connect({ servers: world.broker.url, ...shown(token()) });
  await connection.close();
});

test("nothing at all", () => refused({}));
test("user and password", () => refused({ user: "admin", pass: "admin" }));
test("a bearer's word", () => refused({ token: "secret" }));
test("an expired token", () => refused(shown(token({ expiresAt: nowS() - 1 }))));
test("a token whose end was moved", () =>
  refused(shown(altered(token(), (body) => (body["exp"] = nowS() + 1e6)))));
test("a token whose name was changed", () =>
  refused(shown(altered(token(), (body) => (body["name"] = "a2")))));
test("a token whose account was changed", () =>
  refused(
    shown(
      altered(token(), (body) => {
        const { id } = world.broker.trust.pools.of("beta");
        body["nats"] = { type: "user", version: 2, issuer_account: id };
      }),
    ),
  ));
test("a token whose signature algorithm is none", () => {
  const { jwt, seed } = token();
  const header = Buffer.from('{"typ":"JWT","alg":"none"}').toString("base64url");
  return refused(shown({ jwt: `${header}.${jwt.split(".")[1]}.`, seed }));
});
test("a token that its user signed", () => {
  const user = Nkey.create("user");
  return refused(shown(token({ user, signer: user })));
});
test("a token that an unknown account key signed", () =>
  refused(shown(token({ signer: Nkey.create("account") }))));
test("a token for pool beta that pool alpha's key signed", () => {
  const { id } = world.broker.trust.pools.of("beta");
  return refused(shown(token({ claims: { type: "user", version: 2, issuer_account: id } })));
});
test("a token for the queues that pool alpha's key signed", () => {
  const id = world.broker.trust.id("QUEUES");
  return refused(shown(token({ claims: { type: "user", version: 2, issuer_account: id } })));
});
test("a token for the broker's own account that the listeners' key signed", () => {
  const { trust } = world.broker;
  return refused(
    shown(
      token({
        claims: { type: "user", version: 2, issuer_account: trust.id("SYS") },
        signer: trust.signer("listener"),
      }),
    ),
  );
});
test("a token without its key", () => {
  const { jwt } = token();
  return refused(shown({ jwt, seed: Nkey.create("user").seed() }));
});
test("a token without a proof", () => {
  const { jwt } = token();
  return refused({ authenticator: () => ({ jwt }) });
});
test("a proof for another challenge", () => {
  const credentials = token();
  const authenticate = authenticateWith(() => credentials);
  return refused({ authenticator: () => authenticate("an older nonce") });
});
test("an account's token in place of a user's", () => {
  const { trust } = world.broker;
  const keys = trust.pools.of("alpha");
  const claims = poolAccountClaims(trust, "alpha", { revocations: {}, connectionsMax: 9 });
  const jwt = accountToken(trust, { name: "alpha", id: keys.id, claims }, nowS());
  return refused(shown({ jwt, seed: Nkey.create("user").seed() }));
});
test("rights that were written into a token of a scoped key", () => {
  const keys = world.broker.trust.pools.of("alpha");
  const claims = {
    type: "user",
    version: 2,
    issuer_account: keys.id,
    pub: { allow: [">"] },
    sub: { allow: [">"] },
    subs: -1,
    data: -1,
    payload: -1,
  } as never;
  return refused(shown(token({ claims })));
});
test("whoever stole pool alpha's signing key still cannot leave pool alpha, whatever name it signs", async () => {
  for (const name of [">", "*", "a1.>", "*.*", "b1", ""]) {
    const attacker = {
      credentials: token({ name }),
      inboxPrefix: "_W.b1.x",
      place: "alpha" as const,
    };
    const outcome = await world.attempt(attacker, async (connection) => {
      for (const subject of ["_W.b1.>", "ctl.beta.*", "ctl.beta.b1", "cred.beta.b1", "_L.>", ">"])
        connection.subscribe(subject, { callback: () => {} });
      for (const subject of [
        "resp.beta.l1.b1",
        "wrk.beta.b1",
        "req.beta.l1",
        "evt.beta",
        "load.l1",
      ])
        connection.publish(subject, "forged", { reply: "$JS.API.STREAM.PURGE.REQ_beta" });
      await connection.flush();
      // What it now hears of pool beta would show here.
      world.broker.controller.connection.publish("cred.beta.b9", "token");
    });
    assert.deepEqual(outcome.effects, []);
    assert.notDeepEqual(outcome.denials, []);
  }
});
test("a token of another Penstock", () => {
  const other = loadOrCreateTrust(`${world.broker.state}/other`);
  return refused(
    shown(issueWorkerCredentials(other, { pool: "alpha", id: "a1", lifeS: 60 }).credentials),
  );
});

test("a revoked worker is cut off while it runs, and cannot come back", async () => {
  const issued = issueWorkerCredentials(world.broker.trust, {
    pool: "alpha",
    id: "a7",
    lifeS: 60,
  });
  const connection = await world.connect(issued.credentials, "_W.a7");
  await world.broker.accounts.revoke("alpha", [issued.userKey]);
  await until("it is cut off", () => connection.isClosed());
  await refused(shown(issued.credentials));
  await world.restartBroker();
  await refused(shown(issued.credentials));
});

test("a worker whose token expires is cut off at that moment", async () => {
  const { credentials } = issueWorkerCredentials(world.broker.trust, {
    pool: "alpha",
    id: "a8",
    lifeS: 2,
  });
  const connection = await world.connect(credentials, "_W.a8");
  await until("it is cut off", () => connection.isClosed(), 4000);
  // In the second in which it expires, a token is still taken, and the connection cut at once.
  await sleep(1000);
  await refused(shown(credentials));
});

test("a worker cannot publish an account, even one that the operator signed", async () => {
  const { trust } = world.broker;
  const id = trust.id("QUEUES");
  const claims = sharedAccountClaims(trust, "QUEUES", { revocations: { "*": nowS() } });
  const jwt = accountToken(trust, { name: "QUEUES", id, claims }, nowS());
  const attacker = { credentials: world.worker(), inboxPrefix: "_W.a1", place: "alpha" as const };
  for (const subject of ["$SYS.REQ.CLAIMS.UPDATE", `$SYS.REQ.ACCOUNT.${id}.CLAIMS.UPDATE`]) {
    const outcome = await world.attempt(attacker, (connection) =>
      connection.request(subject, jwt, { timeout: 300 }),
    );
    assert.deepEqual(outcome.effects, []);
    assert.notDeepEqual(outcome.denials, []);
  }
});

test("a removed pool's workers are cut off, and the next pool of that name is another", async () => {
  const { trust, accounts } = world.broker;
  await accounts.provision("brief", { connectionsMax: 5 });
  const old = issueWorkerCredentials(trust, { pool: "brief", id: "x", lifeS: 60 }).credentials;
  const connection = await world.connect(old, "_W.x");
  await accounts.remove("brief");
  await until("it is cut off", () => connection.isClosed());
  await refused(shown(old));
  await accounts.provision("brief", { connectionsMax: 5 });
  await refused(shown(old));
  const again = issueWorkerCredentials(trust, { pool: "brief", id: "x", lifeS: 60 }).credentials;
  await (await world.connect(again, "_W.x")).close();
});

test("a former signing key's workers stay until it is retired", async () => {
  const { trust, accounts } = world.broker;
  const worker = (id: string) =>
    issueWorkerCredentials(trust, { pool: "beta", id, lifeS: 60 }).credentials;
  const old = await world.connect(worker("old"), "_W.old");
  await accounts.rotateSigner("beta");
  const young = await world.connect(worker("young"), "_W.young");
  await sleep(50);
  assert(!old.isClosed());
  await accounts.retireSigners("beta");
  await until("the old one is cut off", () => old.isClosed());
  assert(!young.isClosed());
  await young.close();
});

test("the count", (t) => {
  t.diagnostic(`credentials: ${world.tally.toString()}`);
  assert.equal(world.tally.effects, 0);
  assert.equal(world.tally.denied, world.tally.attempts);
});
