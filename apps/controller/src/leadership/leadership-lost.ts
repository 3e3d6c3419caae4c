// Why a controller ends that another one has taken over from.

import { ServiceError } from "@penstock/foundation";

/** Another controller leads: this one was not heard of for too long. Its process starts again, and waits. */
export class LeadershipLost extends ServiceError {
  constructor(leader: string | undefined) {
    super(`another controller leads${leader === undefined ? "" : `, at ${leader}`}`, {
      code: "LEADERSHIP_LOST",
      remedy: "Have it started again: it waits then until it leads. Workers and traffic go on.",
    });
  }
}
