/** One submodule as a repository declares it. */
export interface DeclaredSubmodule {
  readonly path: string;
  /** As written: absolute, or relative to the repository's own address. */
  readonly url: string;
}

/**
 * Returns the submodules of a `.gitmodules` file (git-config syntax: sections, `key = value`, `#` and `;` comments, quoted
 * values). Entries without path or url, and paths that leave the repository, are left out as git leaves them out.
 */
export function parseGitmodules(text: string): readonly DeclaredSubmodule[] {
  const submodules: { path: string; url: string }[] = [];
  let current: { path: string; url: string } | undefined;
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed.startsWith("[")) {
      current = /^\[\s*submodule\s+"/iu.test(trimmed) ? { path: "", url: "" } : undefined;
      if (current !== undefined) submodules.push(current);
      continue;
    }
    const [, key = "", value = ""] = /^(?<key>[A-Za-z][A-Za-z0-9-]*)\s*=\s*(?<value>.*)$/u.exec(trimmed) ?? [];
    if (current === undefined) continue;
    if (key.toLowerCase() === "path") current.path = plainValue(value).replace(/\/+$/u, "");
    if (key.toLowerCase() === "url") current.url = plainValue(value);
  }
  return submodules.filter(({ path, url }) => url !== "" && isInside(path));
}

/**
 * Returns the address of a submodule: `./x` and `../x` are relative to the repository's address, whose last part counts
 * as a directory (gitmodules(5)).
 */
export function submoduleUrl(repository: string, url: string): string {
  if (!url.startsWith("./") && !url.startsWith("../")) return url;
  let base = repository.replace(/\/+$/u, "");
  let rest = url;
  for (;;) {
    if (rest.startsWith("./")) rest = rest.slice(2);
    else if (rest.startsWith("../")) {
      rest = rest.slice(3);
      base = base.replace(/(?:\/|(?<=:))[^/:]*$/u, "");
    } else break;
  }
  return base.endsWith(":") ? `${base}${rest}` : `${base}/${rest}`;
}

function plainValue(value: string): string {
  if (value.startsWith('"')) return (/^"((?:[^"\\]|\\.)*)"/u.exec(value)?.[1] ?? "").replace(/\\(.)/gu, "$1");
  return value.replace(/\s+[#;].*$/u, "").trim();
}

function isInside(path: string): boolean {
  return (
    path !== "" &&
    !path.startsWith("/") &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}
