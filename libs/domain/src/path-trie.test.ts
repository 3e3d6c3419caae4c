import assert from "node:assert/strict";
import { test } from "node:test";
import { PathTrie } from "./path-trie.ts";

function trieOf(...paths: readonly string[]): PathTrie<{ path: string }> {
  const trie = new PathTrie<{ path: string }>();
  for (const path of paths) trie.add(path, { path });
  return trie;
}

function longest(trie: PathTrie<{ path: string }>, path: string): string | undefined {
  return trie.longest(path, path.length)?.path;
}

test("the longest prefix that covers whole segments wins", () => {
  const trie = trieOf("/", "/dir/sna/", "/dir/");
  assert.equal(longest(trie, "/"), "/");
  assert.equal(longest(trie, "/default.htm"), "/");
  assert.equal(longest(trie, "/dir/sna/x/y"), "/dir/sna/");
  assert.equal(longest(trie, "/dir/snafu"), "/dir/");
  assert.equal(longest(trie, "/dirt"), "/");
});

test("a path without its final slash is the same subtree", () => {
  assert.equal(longest(trieOf("/dir/sna/"), "/dir/sna"), "/dir/sna/");
});

test("a path that no prefix covers has no target", () => {
  const trie = trieOf("/dir/sna/");
  for (const path of ["/", "/dir", "/dir/", "/dir//sna/", "/x"]) {
    assert.equal(longest(trie, path), undefined, path);
  }
});

test("what follows the path takes no part", () => {
  assert.equal(trieOf("/a/b/").longest("/a?/b/", 2), undefined);
  assert.equal(trieOf("/a/").longest("/a?/b/", 2)?.path, "/a/");
});
