import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "@nats-io/jwt";
import { Nkey } from "@penstock/nats-connection";
import { operatorToken, poolAccountClaims, accountToken } from "./account-tokens.ts";
import { decodeToken, encodeToken } from "./jwt.ts";
import { testTrust } from "./test-support/trust.ts";
import { issueWorkerCredentials } from "./user-credentials.ts";

test("the vendor's library reads operator, account and user, and finds them properly signed", (t) => {
  const trust = testTrust(t);
  const claims = poolAccountClaims(trust, "shop", { revocations: { U: 7 }, connectionsMax: 3 });
  const { id } = trust.pools.of("shop");
  const account = decode(accountToken(trust, { name: "POOL shop", id, claims }, 1000));
  assert.equal(account.sub, id);
  assert.equal(account.iss, trust.operatorSigner.publicKey);
  assert.deepEqual(account.nats, JSON.parse(JSON.stringify(claims)));
  assert.equal(decode(operatorToken(trust)).sub, trust.operator.publicKey);
  const issued = issueWorkerCredentials(trust, { pool: "shop", id: "shop-1", lifeS: 60 });
  const user = decode(issued.credentials.jwt);
  assert.deepEqual([user.sub, user.name], [issued.userKey, "shop-1"]);
});

test("a token reads back, and any change voids it", () => {
  const signer = Nkey.create("account");
  const user = Nkey.create("user").publicKey;
  const text = encodeToken(
    {
      name: "w",
      subject: user,
      issuedAt: 10,
      expiresAt: 20,
      claims: { type: "user", version: 2, issuer_account: "A" },
    },
    signer,
  );
  const token = decodeToken(text);
  assert.deepEqual(
    [token?.name, token?.sub, token?.iss, token?.iat, token?.exp],
    ["w", user, signer.publicKey, 10, 20],
  );
  const [header = "", body = "", signature = ""] = text.split(".");
  const other = Buffer.from(body, "base64url").toString().replace('"w"', '"x"');
  for (const bad of [
    "",
    "a.b",
    `${header}.${Buffer.from(other).toString("base64url")}.${signature}`,
    `${header}.${body}.`,
    `${header}.${body}.${signature}.more`,
    `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.${signature}`,
  ])
    assert.equal(decodeToken(bad), undefined, bad);
});
