import { printGoYaml } from "../../codec/print-go-yaml.ts";
import type { AppError } from "../../shared/errors.ts";

/** A fault of an offline command: `apply` building bundles, `target` matching and templating, `deploy` rendering. */
export interface OfflineFault {
  readonly phase: "apply" | "target" | "deploy";
  readonly bundle?: string;
  readonly cluster?: string;
  readonly error: AppError;
}

/** Returns faults as YAML documents (`phase`, `bundle`, `cluster`, `file`, `line`, `column`, `error`). */
export function faultDocuments(faults: readonly OfflineFault[]): string {
  return faults
    .map(({ phase, bundle, cluster, error }) => {
      const { file, line, column } = error.position ?? {};
      const fields = Object.entries({
        phase,
        bundle,
        cluster,
        file,
        line,
        column,
        error: `${error.code}: ${error.message}`,
      });
      return printGoYaml(
        Object.fromEntries(fields.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
      );
    })
    .join("---\n");
}

/** Returns a fault in one line for people. */
export function faultLine({ phase, bundle, cluster, error }: OfflineFault): string {
  const about = [phase, bundle, cluster].filter((part) => part !== undefined).join(" ");
  return `${about}: ${error.code}: ${error.message}`;
}
