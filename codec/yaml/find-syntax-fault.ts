import { parseDocument } from "./parse-document.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Returns the first fault of a text that go-yaml finds before it looks at what the nodes mean; undefined when there is none. */
export function findSyntaxFault(text: string): YamlFault | undefined {
  const anchors = new Set<string>();
  const note = ({ anchor }: { readonly anchor: string | undefined }): void => {
    if (anchor !== undefined) anchors.add(anchor);
  };
  try {
    parseDocument(text, {
      scalar: note,
      open: note,
      close: () => undefined,
      alias: (offset, name) => {
        if (!anchors.has(name))
          throw new YamlFault(offset, `unknown anchor ${name}`, `yaml: unknown anchor '${name}' referenced`);
      },
    });
  } catch (error) {
    if (error instanceof YamlFault) return error;
    throw error;
  }
  return undefined;
}
