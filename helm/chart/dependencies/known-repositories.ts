import { ChartError } from "../chart-error.ts";
import type { ChartDependency } from "../chart-metadata.ts";

/** A repository that dependencies may name as `@name` or `alias:name`. */
export interface NamedRepository {
  readonly name: string;
  readonly url: string;
}

const hint = `
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`;

/**
 * Returns dependencies with the addresses of repositories instead of their names (Helm: `resolveRepoNames`). Throws
 * `ChartError` with Helm's words for what is neither address nor known name.
 */
export function withAddresses(
  dependencies: readonly ChartDependency[],
  repositories: readonly NamedRepository[],
): ChartDependency[] {
  const missing: string[] = [];
  const known = dependencies.map((entry) => {
    const { repository } = entry;
    if (repository === "" || /^(?:file|oci):\/\//u.test(repository)) return entry;
    const alias = /^(?:@|alias:)(.*)$/u.exec(repository)?.[1];
    const url = repositories.find(({ name }) => name === alias)?.url;
    if (url !== undefined) return { ...entry, repository: url };
    if (alias !== undefined || !isAddress(repository)) missing.push(repository);
    return entry;
  });
  if (missing.length === 0) return known;
  const isWord = missing.some((text) => !text.includes("//") && !/^(?:@|alias:)/u.test(text));
  throw new ChartError(
    "load",
    `no repository definition for ${missing.join(", ")}. Please add them via 'helm repo add'${isWord ? hint : ""}`,
  );
}

/** Go's `url.ParseRequestURI` also takes a path. */
function isAddress(text: string): boolean {
  return text.startsWith("/") || URL.canParse(text);
}
