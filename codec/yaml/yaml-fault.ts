/** Thrown for text that is no YAML, or that has no meaning as JSON; `offset` is where. */
export class YamlFault extends Error {
  readonly offset: number;
  /** What go-yaml v2 and sigs.k8s.io/yaml say of it; undefined where they say nothing that we know of. */
  readonly go: string | undefined;

  constructor(offset: number, reason: string, go?: string) {
    super(reason);
    this.name = "YamlFault";
    this.offset = offset;
    this.go = go;
  }
}
