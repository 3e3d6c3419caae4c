// How far a pull is, from the lines in which the engine tells about single layers. Pure. Layers come to
// light one by one, so the whole may grow: progress is told only when it went up by a tenth.

/** A line of a pull. */
export interface PullLine {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
}

const stepPercent = 10;

/** Sums layers up. */
export class PullProgress {
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();
  #told = 0;

  /** Takes a line; the percentage that is to be told now, or nothing. */
  take({ status, id, progressDetail }: PullLine): number | undefined {
    const { current, total } = progressDetail ?? {};
    if (status !== "Downloading" || id === undefined) return undefined;
    if (current === undefined || total === undefined) return undefined;
    this.#layers.set(id, { current, total });
    const layers = [...this.#layers.values()];
    const whole = layers.reduce((sum, layer) => sum + layer.total, 0);
    const here = layers.reduce((sum, layer) => sum + layer.current, 0);
    const percent = whole === 0 ? 0 : Math.floor((100 * here) / whole / stepPercent) * stepPercent;
    if (percent <= this.#told) return undefined;
    this.#told = percent;
    return percent;
  }
}
