// The way from the top of the file to one value: `applicationPools.shop.urls[0]`.

/** Keys and list indexes from the top of the file. */
export type KeyPath = readonly (string | number)[];

const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** The path as people write it; a key that is no plain word stands in brackets. */
export function formatKeyPath(path: KeyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
