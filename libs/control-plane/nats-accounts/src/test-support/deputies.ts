// Subjects that an attacker names as the reply of something that it may send, in the hope that the broker,
// with rights of its own, publishes there: the confused deputy.

/** Reply subjects that are not the attacker's, by who would suffer. */
export const foreignReplies: readonly string[] = [
  // the other pool's queue
  "$JS.API.STREAM.DELETE.REQ_beta",
  "$JS.API.STREAM.PURGE.REQ_beta",
  "$JS.API.STREAM.UPDATE.REQ_beta",
  "$JS.API.STREAM.MSG.DELETE.REQ_beta",
  "$JS.API.CONSUMER.DELETE.REQ_beta.w",
  "$JS.API.CONSUMER.PAUSE.REQ_beta.w",
  "$JS.API.CONSUMER.MSG.NEXT.REQ_beta.w",
  "$JS.ACK.REQ_beta.w.1.1.1.1.0",
  "req.beta.l1",
  // its own queue, beyond taking
  "$JS.API.STREAM.DELETE.REQ_alpha",
  "$JS.API.STREAM.PURGE.REQ_alpha",
  "$JS.API.CONSUMER.DELETE.REQ_alpha.w",
  "$JS.API.STREAM.CREATE.EVIL",
  "req.alpha.l1",
  // the routing table
  "$JS.API.STREAM.DELETE.KV_penstock_routing",
  "$JS.API.STREAM.PURGE.KV_penstock_routing",
  "$JS.API.STREAM.MSG.DELETE.KV_penstock_routing",
  "$KV.penstock_routing.table",
  "$KV.penstock_routing.pool.beta",
  // listeners, other pools' workers, the controller, metrics
  "resp.beta.l1.b1",
  "resp.*.l1.b1",
  "_L.l1.x",
  "out.l1.1",
  "load.l1",
  "ctl.beta.b1",
  "cred.beta.b1",
  "_W.b1.pull",
  "wrk.beta.b1",
  "evt.beta",
  "demand.beta.l1",
  "_C.x.y",
  "_M.m1.x",
  // the broker
  "$SYS.REQ.CLAIMS.UPDATE",
  "$SYS.REQ.CLAIMS.DELETE",
  "$SYS.REQ.SERVER.PING",
  "_A.x.y",
  "_R_.x",
  "$JS.EVENT.ADVISORY.API",
  // wildcards
  ">",
  "*",
  "*.>",
  "req.*.*",
  "_W.>",
];

/** Bodies of a pull: well-formed ones, and ones that the broker refuses with a status. */
export const pulls: Readonly<Record<string, string>> = {
  "a pull": '{"batch":2,"expires":200000000}',
  "a pull that does not wait": '{"batch":1,"no_wait":true}',
  "a pull with a heartbeat": '{"batch":1,"expires":300000000,"idle_heartbeat":50000000}',
  "broken JSON": '{"batch":',
  "a pull that asks for too much": '{"batch":1000000000,"expires":1}',
  "a pull of a priority group": '{"batch":1,"group":"x"}',
};

/** Bodies of an acknowledgement, every kind that there is. */
export const acknowledgements: readonly string[] = [
  "",
  "+ACK",
  "-NAK",
  "-NAK {}",
  "+WPI",
  "+NXT",
  '+NXT {"batch":2}',
  "+TERM",
  "+TERM because",
  "no such kind",
];
