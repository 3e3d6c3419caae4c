// What tests share. Nothing here is imported by code that runs in production.

export { ManualClock } from "./manual-clock.ts";
