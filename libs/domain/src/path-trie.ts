// The prefixes of one host in one category, as a trie of path segments: the longest one that covers a
// path in whole segments is found by walking down, in time that grows with the path alone.

interface PathNode<T extends object> {
  target: T | undefined;
  /** Absent at leaves, so that a walk ends without a look-up. */
  children: Map<string, PathNode<T>> | undefined;
}

/** Targets keyed by cooked path. Filled while a routing table is built, then only read. */
export class PathTrie<T extends object> {
  readonly #root: PathNode<T> = { target: undefined, children: undefined };

  /** Puts a target at a prefix path (`/` or `/a/b/`). Each path at most once. */
  add(path: string, target: T): void {
    let node = this.#root;
    for (const segment of path.split("/")) {
      if (segment === "") continue;
      node.children ??= new Map();
      let child = node.children.get(segment);
      if (child === undefined) {
        child = { target: undefined, children: undefined };
        node.children.set(segment, child);
      }
      node = child;
    }
    node.target = target;
  }

  /** The target of the longest prefix that covers the cooked path `path[0, end)`. */
  longest(path: string, end: number): T | undefined {
    let node = this.#root;
    let found = node.target;
    for (let from = 1; from < end && node.children !== undefined;) {
      const slash = path.indexOf("/", from);
      const to = slash === -1 || slash > end ? end : slash;
      const child = node.children.get(path.slice(from, to));
      if (child === undefined) break;
      node = child;
      found = node.target ?? found;
      from = to + 1;
    }
    return found;
  }
}
