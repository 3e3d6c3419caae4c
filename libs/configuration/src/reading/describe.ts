// Settings and values in the words of a fault message: "expected a duration such as 20m, found a list".

import { isMap, isScalar, isSeq, type Node } from "yaml";
import { exhaustive } from "@penstock/foundation";
import type { Setting } from "../schema/setting.ts";

/** What a setting wants to see, as the object of "expected". */
export function describeExpected(setting: Setting): string {
  switch (setting.kind) {
    case "duration":
      return "a duration such as 20m";
    case "size":
      return "a size such as 64MiB";
    case "text":
      return setting.expects;
    case "literal":
      return "text";
    case "choice":
      return setting.enum.join(" or ");
    case "count":
      return setting.minimum === setting.maximum ? String(setting.minimum) : "a whole number";
    case "quantity":
      return "a number above 0";
    case "switch":
      return "true or false";
    case "list":
      return "a list";
    case "record":
    case "map":
      return "a mapping of keys to values";
    default:
      return exhaustive(setting);
  }
}

const shownMax = 60;

/** What stands in the file instead, as the object of "found". */
export function describeFound(setting: Setting, node: Node | null): string {
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  if (!isScalar(node)) return "nothing";
  // What stands where a mapping is wanted may be the secret itself: it is not repeated in a log.
  const isMapping = setting.kind === "record" || setting.kind === "map";
  return isMapping
    ? `a ${typeof node.value === "string" ? "text" : typeof node.value}`
    : describeValue(node.value);
}

/** A value in a sentence; long texts are cut. */
export function describeValue(value: unknown): string {
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > shownMax ? `${value.slice(0, shownMax)}…` : value);
}
