// A memory with a bound, for what clients choose the keys of. When it is full it forgets everything: the
// busy keys are back within a few requests, and a flood of new ones costs no more than reading them.

/** Entries of one memory. With Host headers as keys, this many take about 300 KiB. */
export const rememberedMax = 1024;

/** Puts an entry into a memory, which never grows beyond {@link rememberedMax}. */
export function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  if (memory.size >= rememberedMax) memory.clear();
  memory.set(key, value);
}
