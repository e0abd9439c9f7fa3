import { quoteString } from "../template/quote-string.ts";

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = String.raw`${label}(\.${label})*`;
const oldLabel = "[a-z]([-a-z0-9]*[a-z0-9])?";

const isLabel = new RegExp(`^${label}$`, "u");
const isSubdomain = new RegExp(`^${subdomain}$`, "u");
const isOldLabel = new RegExp(`^${oldLabel}$`, "u");

/**
 * Returns what the API server would say of an object's name, by its kind; undefined when the name is fine (Helm:
 * `validateMetadataName`; words and patterns of k8s.io/apimachinery).
 */
export function objectNameFault(kind: string, name: string): string | undefined {
  const faults = faultsOf(kind.toLowerCase(), name).map(
    (fault) => `metadata.name: Invalid value: ${quoteString(name)}: ${fault}`,
  );
  const [first] = faults;
  if (first === undefined) return undefined;
  const all = faults.length === 1 ? first : `[${[...new Set(faults)].join(", ")}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quoteString(name)}: ${all}`;
}

function faultsOf(kind: string, name: string): string[] {
  switch (kind) {
    case "certificatesigningrequest":
      return [];
    case "role":
    case "clusterrole":
    case "rolebinding":
    case "clusterrolebinding":
      if (name === "." || name === "..") return [`may not be '${name}'`];
      return ["/", "%"].filter((text) => name.includes(text)).map((text) => `may not contain '${text}'`);
    case "service":
      return [...tooLong(name, 63), ...(isOldLabel.test(name) ? [] : [oldLabelWords])];
    case "namespace":
      return [...tooLong(name, 63), ...labelFaults(name)];
    default:
      return [...tooLong(name, 253), ...(isSubdomain.test(name) ? [] : [subdomainWords])];
  }
}

function tooLong(name: string, most: number): string[] {
  return Buffer.byteLength(name) > most ? [`must be no more than ${most} characters`] : [];
}

function labelFaults(name: string): string[] {
  if (isLabel.test(name)) return [];
  return [isSubdomain.test(name) ? "must not contain dots" : labelWords];
}

const oldLabelWords =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end " +
  `with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${oldLabel}')`;
const labelWords =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
