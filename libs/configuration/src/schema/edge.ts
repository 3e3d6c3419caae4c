// What listeners do at their edge: certificates, and whom they believe about clients.

import { count, list, record, text } from "./build.ts";

const certificate = record(
  "A certificate and the host that it is for.",
  {
    host: text(
      "The host name that clients ask for: `shop.example`, `*.shop.example` for every name one label longer, or `*` for clients that ask for another name or for none; without a `*` those get the first certificate.",
      {
        pattern: "^(\\*|(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*)$",
        expects: "a host name such as shop.example, *.shop.example or *",
      },
    ),
    cert: text(
      "The certificate chain, a PEM file, the host's own certificate first. Listeners read it.",
      {},
    ),
    key: text(
      "The private key, a PEM file without a passphrase. Listeners read it, nobody else.",
      {},
    ),
  },
  { required: ["host", "cert", "key"] },
);

/** The key `tls`. */
export const tls = record("What `https://` prefixes need.", {
  certificates: list(
    "The certificates, chosen by host name. A changed file is taken up within seconds; connections go on.",
    certificate,
    { default: [] },
  ),
});

/** The key `listener`. */
export const listener = record("Whom listeners believe about clients.", {
  trustedProxies: list(
    "Addresses of proxies in front of Penstock. What they say in `X-Forwarded-For` is kept and the proxy appended, and their `X-Forwarded-Proto` and `X-Forwarded-Host` are kept. From everybody else these fields are replaced.",
    text("An address or a block.", {
      expects: "an address or a block such as 10.0.0.0/8",
    }),
    { default: [] },
  ),
  proxyProtocolPorts: list(
    "Ports on which connections of `trustedProxies` begin with a PROXY header (version 1 or 2), which names the client. One that does not is closed. Others who connect there are clients themselves.",
    count("A port that a prefix names.", { minimum: 1, maximum: 65_535 }),
    { default: [] },
  ),
});
