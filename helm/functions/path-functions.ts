import { posix } from "node:path";
import { fn, type GoFunction } from "../template/go-function.ts";

/** Returns Go's `path.Clean`. */
function clean(path: string): string {
  if (path === "") return ".";
  const cleaned = posix.normalize(path);
  return cleaned.length > 1 && cleaned.endsWith("/") ? cleaned.slice(0, -1) : cleaned;
}

function base(path: string): string {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function dir(path: string): string {
  return clean(path.slice(0, path.lastIndexOf("/") + 1));
}

function ext(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.includes(".") ? name.slice(name.lastIndexOf(".")) : "";
}

const families = {
  Base: fn(["string"], base),
  Dir: fn(["string"], dir),
  Clean: fn(["string"], clean),
  Ext: fn(["string"], ext),
  IsAbs: fn(["string"], (path) => path.startsWith("/")),
} as const;

/** Paths; the `os…` functions are those of Linux, as where charts are rendered. */
export const pathFunctions: Readonly<Record<string, GoFunction>> = {
  base: families.Base,
  dir: families.Dir,
  clean: families.Clean,
  ext: families.Ext,
  isAbs: families.IsAbs,
  osBase: families.Base,
  osDir: families.Dir,
  osClean: families.Clean,
  osExt: families.Ext,
  osIsAbs: families.IsAbs,
};
