import type { CommandOption } from "../command.ts";

const many = { type: "string", multiple: true } as const;

/** The flags that give values, as Helm has them. */
export const valueFlags = {
  values: { ...many, short: "f", value: "FILE", description: "Values from a YAML file; later files win. - is stdin." },
  set: { ...many, value: "KEY=VALUE", description: "Values: a.b=1,list={x,y},list[0].name=z." },
  "set-string": { ...many, value: "KEY=VALUE", description: "Values that are strings whatever they look like." },
  "set-file": { ...many, value: "KEY=PATH", description: "Values that are the text of files." },
  "set-json": { ...many, value: "KEY=JSON", description: "Values as JSON, or all of them as one JSON object." },
  "set-literal": { ...many, value: "KEY=TEXT", description: "One value that is all the text behind the first =." },
} as const satisfies Record<string, CommandOption>;
