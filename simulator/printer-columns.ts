import type { PrinterColumn } from "../apiserver/resources/resource-definition.ts";

const age: PrinterColumn = {
  name: "Age",
  type: "date",
  cell: ({ metadata }) => metadata.creationTimestamp ?? undefined,
};

/** Returns the columns of a built-in kind besides its name. */
export function columnsOf(_resource: string): readonly PrinterColumn[] {
  return [age];
}
