import assert from "node:assert/strict";
import test from "node:test";
import { withCommandLine } from "../given-command-line.ts";

const FILES = {
  "penstock.yaml": `version: 1
applicationPools:
  shop:
    urls: ["http://+:8080/shop/", "http://+:80/"]
    command: [serve]
  blog:
    urls: ["http://blog.example:8080/"]
    command: [serve]
  rest:
    urls: ["http://*:9090/a/"]
    command: [serve]
`,
};

test("the pool that would serve a URL is told with prefix and category, with 0", () =>
  withCommandLine(FILES, async (run) => {
    const { code, stdout, stderr } = await run(
      "url",
      "test",
      "get",
      "http://any.example:8080/shop/cart?x=1",
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^request +GET http:\/\/any\.example:8080\/shop\/cart\?x=1$/m);
    assert.match(stdout, /^pool +shop$/m);
    assert.match(stdout, /^prefix +http:\/\/\+:8080\/shop\/$/m);
    assert.match(stdout, /^category +\S+/m);
  }));

test("host, port, case, escapes and address literals are read as a listener reads them", () =>
  withCommandLine(FILES, async (run) => {
    await Promise.all(
      [
        ["http://BLOG.example:8080/%7Ex?a", "blog"],
        ["http://anything.example", "shop"],
        ["http://[::1]:9090/a/b", "rest"],
      ].map(async ([url = "", pool]) => {
        const { code, stdout } = await run("url", "test", "GET", url);
        assert.equal(code, 0, url);
        assert.match(stdout, new RegExp(`^pool +${pool}$`, "m"), url);
      }),
    );
  }));

test("a URL that would be refused is told with its reason, and the command ends with 4", () =>
  withCommandLine(FILES, async (run) => {
    await Promise.all(
      [
        ["http://other.example:8080/blog", "404 NotFound"],
        ["http://other.example:9999/", "400 Hostname"],
      ].map(async ([url = "", refusal]) => {
        const { code, stdout } = await run("url", "test", "GET", url);
        assert.equal(code, 4, url);
        assert.match(stdout, new RegExp(`^refused +${refusal}: `, "m"), url);
      }),
    );
  }));

test("what is no URL ends with 2 and how to write one", () =>
  withCommandLine(FILES, async (run) => {
    const { code, stdout, stderr } = await run("url", "test", "GET", "/shop/");
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /"\/shop\/" is not a URL\n {2}Write it whole: http:\/\/host:port\/path/);
  }));
