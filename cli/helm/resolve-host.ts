import { spawnSync } from "node:child_process";
import { GoPanic } from "../../helm/template/go-value.ts";

const lookUp =
  'require("node:dns").lookup(process.argv[1], { all: true }, (_, found) => console.log((found ?? []).map((one) => one.address).join("\\n")))';
const timeoutMs = 10_000;

/**
 * Returns a function that gives the first address of a host, for `getHostByName`; each name is asked for once. Templates
 * cannot wait, so a process of its own asks. The function throws `GoPanic` for a name without address.
 */
export function createHostResolver(): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const address = known.get(name) ?? askFor(name);
    if (address === "") throw new GoPanic(`${name} has no address`);
    known.set(name, address);
    return address;
  };
}

function askFor(name: string): string {
  const { stdout } = spawnSync(process.execPath, ["-e", lookUp, "--", name], { encoding: "utf8", timeout: timeoutMs });
  return stdout.split("\n", 1)[0] ?? "";
}
