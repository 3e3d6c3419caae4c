// Figures of what was measured or simulated: summed up, and set in columns.

export { median, percentile, rotated, total } from "./statistics.ts";
export { fixed, signed, table } from "./table.ts";
