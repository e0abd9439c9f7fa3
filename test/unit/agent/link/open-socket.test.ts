import { expect, it } from "vitest";
import { proxyFor } from "../../../../agent/link/open-socket.ts";

const proxy = "http://proxy.example:3128";
const cases = [
  { name: "no proxy is set", url: "https://hub.example", env: {}, found: undefined },
  { name: "one is set for https", url: "https://hub.example", env: { HTTPS_PROXY: proxy }, found: proxy },
  {
    name: "one is set for the other protocol",
    url: "http://hub.example",
    env: { HTTPS_PROXY: proxy },
    found: undefined,
  },
  {
    name: "both spellings are set",
    url: "https://h",
    env: { HTTPS_PROXY: "http://no", https_proxy: proxy },
    found: proxy,
  },
  {
    name: "the host is excepted",
    url: "https://hub.example",
    env: { HTTPS_PROXY: proxy, NO_PROXY: "hub.example" },
    found: undefined,
  },
  {
    name: "its domain is",
    url: "https://hub.example",
    env: { HTTPS_PROXY: proxy, NO_PROXY: "a, .example" },
    found: undefined,
  },
  {
    name: "host and port are",
    url: "https://hub.example:1",
    env: { HTTPS_PROXY: proxy, NO_PROXY: "hub.example:1" },
    found: undefined,
  },
  {
    name: "another port is",
    url: "https://hub.example:1",
    env: { HTTPS_PROXY: proxy, NO_PROXY: "hub.example:2" },
    found: proxy,
  },
  { name: "everything is", url: "https://hub.example", env: { HTTPS_PROXY: proxy, NO_PROXY: "*" }, found: undefined },
  {
    name: "a name that merely ends alike is",
    url: "https://myhub.example",
    env: { HTTPS_PROXY: proxy, NO_PROXY: "hub.example" },
    found: proxy,
  },
];

it.each(cases)("a proxy is used or not when $name", ({ url, env, found }) => {
  expect(proxyFor(new URL(url), env)?.origin).toBe(found);
});
