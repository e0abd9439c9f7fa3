// The rules are those of k8s.io/apimachinery (pkg/util/validation).

const namePattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/u;
const subdomainPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;

/** Returns whether a text is a DNS subdomain: what most objects may be called. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && subdomainPattern.test(text);
}

/** Returns whether a text is the key of a label: a name, behind a DNS subdomain and a slash if there is one. */
export function isLabelKey(key: string): boolean {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  return parts.length <= 2 && name !== "" && isLabelValue(name) && (prefix === undefined || isSubdomain(prefix));
}

/** Returns whether a text can be the value of a label; an empty one can. */
export function isLabelValue(value: string): boolean {
  return value === "" || (value.length <= 63 && namePattern.test(value));
}
