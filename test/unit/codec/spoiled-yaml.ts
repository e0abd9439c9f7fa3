import fc from "fast-check";

/** A manifest as charts write it. */
export const manifest = `# Source: app/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the front
  labels: {}
  annotations:
    "example.com/size": '8m'
    description: A text that goes on
      for more than a line, and

      has an empty one in it
spec:
  replicas: 3
  paused: no
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com:5000/web:1.4.2
        args: ["--port", '8080']
        env: []
        command:
          - sh
          - -c
          - |
            set -e

              run "$@" # now
      - name: empty
        ratio: 1.50
        nothing:
      volumes:
        -
          name: data
`;

/** What may be put anywhere in a text: the words of YAML that change what stands around them. */
const pieces = ["\n", " ", "  ", "- ", ": ", ":", " #", "|", "|-\n", "|+\n", ">", '"', "'", "{}", "[]", "[", "]", ","]
  .concat([
    "\t",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "---\n",
    "...\n",
    "\n\n",
    "\n  ",
    "é",
    "\\",
    "~",
    "<<: ",
    "%",
    "1e3",
    ".inf",
  ])
  .concat(["\r\n", "\u2028", "@", "null", "kind: x\n", "__proto__: 1\n", "-\n", "    \n"]);

/** Places of a text with what is taken out there and put in. */
export const edits = fc.array(
  fc.record({ at: fc.nat(5000), remove: fc.nat(8), piece: fc.constantFrom("", ...pieces) }),
  {
    maxLength: 3,
  },
);

/** Returns a text that somebody has changed. */
export function edit(text: string, changes: readonly { at: number; remove: number; piece: string }[]): string {
  return changes.reduce((now, { at, remove, piece }) => {
    const place = at % (now.length + 1);
    return now.slice(0, place) + piece + now.slice(place + remove);
  }, text);
}
