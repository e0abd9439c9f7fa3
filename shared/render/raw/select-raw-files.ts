/** Files of a bundle of plain YAML that become objects, each in order of its name. */
export interface RawSelection<File> {
  /** Below `templates/`: Helm templates, also without a chart. */
  readonly templates: readonly File[];
  readonly manifests: readonly File[];
}

/**
 * Returns the files of a raw bundle that are manifests, as Fleet selects them: `.yaml`, `.yml` and `.json` by these very
 * endings, without the root's own fleet.yaml, and nothing below a directory that has a fleet.yaml or Chart.yaml.
 */
export function selectRawFiles<File extends { readonly name: string }>(files: Iterable<File>): RawSelection<File> {
  const all = [...files];
  const closed = all
    .filter(({ name }) => /\/(?:fleet\.ya?ml|Chart\.yaml)$/.test(name))
    .map(({ name }) => name.slice(0, name.lastIndexOf("/") + 1));
  const selected = all
    .filter(({ name }) => name !== "fleet.yaml" && name !== "fleet.yml" && /\.(?:yaml|yml|json)$/.test(name))
    .filter(({ name }) => !closed.some((dir) => name.startsWith(dir)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    templates: selected.filter(({ name }) => name.startsWith("templates/")),
    manifests: selected.filter(({ name }) => !name.startsWith("templates/")),
  };
}
