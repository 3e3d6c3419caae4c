// Why an application cannot be started. What goes wrong later, while it runs, becomes an answer.

import { ServiceError } from "@penstock/foundation";

/** The failures of starting an application. */
export type ApplicationErrorCode =
  /** Nothing at the module's path or under its package name. */
  | "APPLICATION_MODULE_NOT_FOUND"
  /** The import threw, or the module has syntax that Node does not take. */
  | "APPLICATION_MODULE_FAILED"
  /** The export is none of the shapes that can be hosted. */
  | "APPLICATION_SHAPE_UNKNOWN"
  /** The export's own start (a factory, Fastify's `ready`) failed. */
  | "APPLICATION_START_FAILED"
  /** The command's program does not exist, or its directory. */
  | "APPLICATION_COMMAND_NOT_FOUND"
  /** The command's program exists and could not be run. */
  | "APPLICATION_COMMAND_FAILED"
  /** The command ended before it accepted connections. */
  | "APPLICATION_COMMAND_EXITED"
  /** The command did not accept connections within its time. */
  | "APPLICATION_NOT_LISTENING"
  /** Something else accepts connections on the port already. */
  | "APPLICATION_PORT_TAKEN"
  /** The start was called off. */
  | "APPLICATION_START_CANCELLED";

/** An application could not be started. The message names what was found and where. */
export class ApplicationError extends ServiceError {
  override readonly name = "ApplicationError";
  declare readonly code: ApplicationErrorCode;

  constructor(
    code: ApplicationErrorCode,
    message: string,
    facts: { readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { code, ...facts });
  }
}
