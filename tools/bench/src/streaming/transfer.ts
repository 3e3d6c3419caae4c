// Bodies that were moved through a target for a while.

/** Which way. */
export type Direction = "download" | "upload";

/** What came of it. */
export interface Transfer {
  /** As the client got them, or as the application counted them. */
  readonly bytes: number;
  readonly seconds: number;
  /** Connections that were refused, ended early, or whose upload was not answered. */
  readonly failed: number;
}
