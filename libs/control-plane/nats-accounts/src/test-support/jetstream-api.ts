// Every request of JetStream's API that names a stream or a consumer, and those that name neither: what an
// attacker tries first.

const STREAM_CONFIG = (name: string): string =>
  JSON.stringify({ name, subjects: [`evil.${name}`], retention: "limits", storage: "memory" });

/** A request to the API. */
export interface ApiRequest {
  readonly subject: string;
  readonly body: string;
}

/** Requests that name no stream. */
export const generalRequests: readonly ApiRequest[] = [
  { subject: "$JS.API.INFO", body: "" },
  { subject: "$JS.API.STREAM.NAMES", body: "" },
  { subject: "$JS.API.STREAM.LIST", body: "" },
  { subject: "$JS.API.STREAM.CREATE.EVIL", body: STREAM_CONFIG("EVIL") },
  { subject: "$JS.API.META.LEADER.STEPDOWN", body: "" },
  { subject: "$JS.API.SERVER.REMOVE", body: '{"peer":"x"}' },
  { subject: "$JS.API.ACCOUNT.PURGE.QUEUES", body: "" },
  { subject: "$JS.API.ACCOUNT.STREAM.MOVE.QUEUES.REQ_beta", body: "{}" },
  { subject: "$JS.FC.REQ_beta.w.x", body: "" },
];

/** Requests about one stream and its consumer, except the pull. */
export function requestsAbout(stream: string): ApiRequest[] {
  const consumer = JSON.stringify({
    stream_name: stream,
    config: { durable_name: "evil", ack_policy: "explicit", deliver_subject: "_W.a1.push" },
  });
  const of = (verb: string, rest = "", body = ""): ApiRequest => ({
    subject: `$JS.API.${verb}.${stream}${rest}`,
    body,
  });
  return [
    of("STREAM.CREATE", "", STREAM_CONFIG(stream)),
    of("STREAM.UPDATE", "", STREAM_CONFIG(stream)),
    of("STREAM.INFO"),
    of("STREAM.DELETE"),
    of("STREAM.PURGE"),
    of("STREAM.MSG.GET", "", '{"seq":1}'),
    of("STREAM.MSG.DELETE", "", '{"seq":1}'),
    of("STREAM.SNAPSHOT", "", '{"deliver_subject":"_W.a1.snapshot"}'),
    of("STREAM.RESTORE", "", "{}"),
    of("STREAM.PEER.REMOVE", "", '{"peer":"x"}'),
    of("STREAM.LEADER.STEPDOWN"),
    of("DIRECT.GET", "", '{"last_by_subj":"$KV.penstock_routing.table"}'),
    of("DIRECT.GET", ".req.beta.l1"),
    of("CONSUMER.CREATE", "", consumer),
    of("CONSUMER.CREATE", ".evil", consumer),
    of("CONSUMER.CREATE", ".evil.req.>", consumer),
    of("CONSUMER.DURABLE.CREATE", ".evil", consumer),
    of("CONSUMER.NAMES"),
    of("CONSUMER.LIST"),
    of("CONSUMER.INFO", ".w"),
    of("CONSUMER.DELETE", ".w"),
    of("CONSUMER.PAUSE", ".w", '{"pause_until":"2100-01-01T00:00:00Z"}'),
    of("CONSUMER.UNPIN", ".w", '{"group":"x"}'),
    of("CONSUMER.RESET", ".w", '{"seq":1}'),
    of("CONSUMER.LEADER.STEPDOWN", ".w"),
    of("CONSUMER.MSG.NEXT", ".evil", '{"batch":1,"no_wait":true}'),
  ];
}
