import { codeOf } from "./hop.ts";

const unknownCa =
  "the hub's CA is not known here: give --ca-pin (the bundler logs it as caPin when it starts) or --ca-file; if it was " +
  "given, the hub has another CA, or something between opens TLS";
const clock =
  "compare the clocks of this machine and the hub's (`date -u`); if they agree, renew the hub's certificate";

/** Mends by the codes of Node's TLS errors. */
const mends: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the hub's certificate is for other names: start the bundler with this one in --names, or use one of its names in --hub",
  CERT_HAS_EXPIRED: clock,
  CERT_NOT_YET_VALID: clock,
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  CERT_SIGNATURE_FAILURE: unknownCa,
  ERR_SSL_WRONG_VERSION_NUMBER: "this port does not speak TLS: is --hub an http:// address, or another program's port?",
  EPROTO: "this port does not speak TLS: is --hub an http:// address, or another program's port?",
  ECONNRESET: "the other side closed the connection: a firewall or a proxy in between, or a port that is no TLS server",
};

/** Returns what a person can do about a TLS connection that fails. */
export function tlsMend(error: unknown): string {
  return mends[codeOf(error)] ?? "look at the certificate with `openssl s_client -connect HOST:PORT -showcerts`";
}
