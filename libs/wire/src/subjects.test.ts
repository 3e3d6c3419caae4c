// Names as subject tokens: a name that a person chose must never reach into another pool's subjects.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  controlSubject,
  demandSubjects,
  nameOfToken,
  nextSubject,
  outcomePrefix,
  poolEventSubject,
  poolStateKey,
  removeSubject,
  replySubject,
  replySubjects,
  requestSubject,
  requestSubjects,
  streamOf,
  subjectToken,
  workerReportSubject,
} from "./subjects.ts";

/** Any well-formed name, rich in what subjects could trip over. */
const name = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.string({ unit: fc.constantFrom(".", "*", ">", "=", " ", "a", "2", "E", "_", "-", "é", "😀") }),
);

test("plain names are their own tokens", () => {
  for (const plain of ["shop", "Shop_2", "a-b", "0"]) assert.equal(subjectToken(plain), plain);
});

test("what is not plain is escaped byte by byte", () => {
  assert.equal(subjectToken("a.b"), "a=2Eb");
  assert.equal(subjectToken("*"), "=2A");
  assert.equal(subjectToken(">"), "=3E");
  assert.equal(subjectToken("a b"), "a=20b");
  assert.equal(subjectToken("="), "=3D");
  assert.equal(subjectToken("é"), "=C3=A9");
});

test("a token never contains a separator, a wildcard or white space, and is empty for nothing only", () => {
  fc.assert(
    fc.property(name, (any) => {
      const token = subjectToken(any);
      assert.match(token, /^[A-Za-z0-9_=-]*$/);
      assert.equal(token === "", any === "");
    }),
  );
});

test("a token leads back to its name, so no two names share one", () => {
  fc.assert(fc.property(name, (any) => assert.equal(nameOfToken(subjectToken(any)), any)));
});

test("a name that is not well-formed is refused rather than confused with another", () => {
  assert.throws(() => subjectToken("\ud800"), /well-formed/);
});

test("a token that no name has, as a worker may send it, is returned as it is", () => {
  for (const odd of ["=", "=Z", "=ZZ", "=FF", "a=C3", "%41"]) assert.equal(nameOfToken(odd), odd);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (any) => void nameOfToken(any)));
});

test("each subject has the pool as a token of its own", () => {
  const odd = "a.b";
  assert.equal(streamOf(odd), "REQ_a=2Eb");
  assert.equal(requestSubject(odd, "l1"), "req.a=2Eb.l1");
  assert.equal(requestSubjects(odd), "req.a=2Eb.>");
  assert.equal(demandSubjects(odd), "demand.a=2Eb.>");
  assert.equal(replySubject(odd, "l1", "w 1"), "resp.a=2Eb.l1.w=201");
  assert.equal(replySubjects("l1"), "resp.*.l1.*");
  assert.equal(controlSubject(odd, "w.1"), "ctl.a=2Eb.w=2E1");
  assert.equal(workerReportSubject(odd, "w.1"), "wrk.a=2Eb.w=2E1");
  assert.equal(poolEventSubject(odd), "evt.a=2Eb");
  assert.equal(poolStateKey(odd), "pool.a=2Eb");
  assert.equal(outcomePrefix("l1"), "out.l1.");
  assert.equal(nextSubject(odd), "$JS.API.CONSUMER.MSG.NEXT.REQ_a=2Eb.w");
  assert.equal(removeSubject(odd), "$JS.API.STREAM.MSG.DELETE.REQ_a=2Eb");
});

test("no two pools share a subject, whatever their names are", () => {
  fc.assert(
    fc.property(name, name, (left, right) => {
      fc.pre(left !== right);
      assert.notEqual(streamOf(left), streamOf(right));
      assert.notEqual(requestSubject(left, "l"), requestSubject(right, "l"));
      assert.notEqual(controlSubject(left, "w"), controlSubject(right, "w"));
    }),
  );
});
