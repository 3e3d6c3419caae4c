// One value of a line whose fields are separated by spaces, as IIS writes them: a space is a plus, and what
// could end the field, the line or a terminal's patience is percent-encoded. Nothing is `-`.

const UNSAFE = /[^\x21-\x7e]|["%\\]/g;

/** The value as a field; longer ones are cut, as HTTP.sys cuts them. */
export function w3cField(value: string | number, lengthMax = 4096): string {
  const text = String(value).slice(0, lengthMax);
  return text === "" ? "-" : text.replace(UNSAFE, encode);
}

function encode(character: string): string {
  if (character === " ") return "+";
  // An escape that a client wrote stays what it is.
  if (character === "%") return "%";
  return encodeURIComponent(character.toWellFormed());
}

/** `2026-11-23 10:12:41`, UTC. */
export function w3cTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
