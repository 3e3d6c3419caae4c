// Which of a pool's two versions gets a request. Pure: chance is a parameter.
//
//   the request says          goes to
//   ------------------------  ---------------------------------------------------------------
//   `canary` or `stable`      that version, whatever the weight
//   who it is of              the canary if its place in [0, 100) is below the weight
//   nothing                   the canary if a place drawn in [0, 100) is below the weight
//
// A place stays when the weight changes: who was with the canary stays there while the weight rises.

/** One of a pool's versions. */
export type PoolVersion = "stable" | "canary";

/** So many places are told apart by a cookie: few enough that it tells nobody from anybody. */
const TICKETS = 10_000;

/** The version that a text names; undefined when it names none. */
export function namedVersion(text: string): PoolVersion | undefined {
  return text === "canary" || text === "stable" ? text : undefined;
}

/** The version at a place, 0 up to 100. */
export function versionAt(place: number, weight: number): PoolVersion {
  return place < weight ? "canary" : "stable";
}

/** A place by chance: `random` as of Math.random. */
export function drawnPlace(random: number): number {
  return random * 100;
}

/** The place of whoever a text names, the same for ever. `seed`: another one for each pool. */
export function placeOf(text: string, seed: number): number {
  return (mixed(fnv1a(text, seed)) / 2 ** 32) * 100;
}

/** What {@link placeOf} takes, of a pool's name: those who are first in one pool are not so in all. */
export function seedOf(pool: string): number {
  return fnv1a(pool, 0x811c9dc5);
}

/** A ticket by chance, for a client to keep: the whole numbers below 10,000. */
export function drawnTicket(random: number): number {
  return Math.floor(random * TICKETS);
}

/** The place of a ticket that came back; undefined when it is none. */
export function placeOfTicket(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? (Number(text) * 100) / TICKETS : undefined;
}

/** FNV-1a: one step a character. */
function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/** MurmurHash3's last step: texts that differ in one digit come to lie far apart. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
