const forever = "range $i, $_ := until 1000000";
const doubledMap = '{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}';

type HostileTemplate = readonly [what: string, text: string];

/** One template for each way in which a render ends: by steps, time, time by estimate, values, text, and what it wrote. */
export const hostileInEachWay: readonly HostileTemplate[] = [
  ["prints a map that shares itself", `${doubledMap}{{ toYaml $d }}`],
  ["lets a map grow", `{{ $d := dict }}{{ ${forever} }}{{ $_ := set $d (toString $i) (until 10000) }}{{ end }}`],
  ["takes a huge text apart", '{{ $x := repeat 60000000 "é" }}{{ swapcase $x | len }}{{ wrap 3 $x | len }}'],
  ["makes keys", '{{ range until 10000 }}{{ $_ := genPrivateKey "rsa" }}{{ end }}'],
  [
    "matches each letter of long texts with groups",
    '{{ $x := repeat 4000000 "a" }}{{ range until 10 }}{{ $_ := regexReplaceAll "(a)" $x "$1" }}{{ end }}',
  ],
  ["writes a document that takes long to read", "{{ range until 300000 }}- {a: 1, b: [2, 3]}\n{{ end }}"],
  ["writes for ever", `{{ ${forever} }}{{ repeat 1000 "x: y\\n" }}{{ end }}`],
];

/** Templates that ask for more memory or time than there is, by what they do. */
export const hostileTemplates: readonly HostileTemplate[] = [
  ...hostileInEachWay,
  [
    "compares maps that share themselves",
    `${doubledMap}{{ $e := dict "a" 1 }}{{ range until 60 }}{{ $e = dict "a" $e "b" $e }}{{ end }}{{ deepEqual $d $e }}`,
  ],
  [
    "replaces in a text that grows",
    '{{ $x := repeat 1000000 "ab" }}{{ range until 1000 }}{{ $x = regexReplaceAll "(a)(b)" $x "${1}${2}${1}${2}" }}{{ end }}',
  ],
  ["finds each letter of a long text", '{{ regexFindAll "a" (repeat 4000000 "a") -1 | len }}'],
  ["takes a long text apart", '{{ range until 1000 }}{{ $_ := splitList "," (repeat 2000000 "a,") }}{{ end }}'],
  [
    "takes long texts apart",
    '{{ range until 1000 }}{{ $_ := swapcase (repeat 2000000 "é") }}{{ $_ := shuffle (repeat 4000000 "a") }}{{ end }}',
  ],
  [
    "reads a long text",
    '{{ $x := repeat 1000000 "- a\\n" }}{{ range until 1000 }}{{ $_ := fromYamlArray $x }}{{ end }}',
  ],
  ["makes authorities", '{{ range until 10000 }}{{ $_ := genCA "ca" 1 }}{{ end }}'],
  ["makes keys of another kind", '{{ range until 10000 }}{{ $_ := genPrivateKey "dsa" }}{{ end }}'],
  ["hashes passwords", '{{ range until 10000 }}{{ $_ := htpasswd "a" "b" }}{{ end }}'],
  [
    "matches with a pattern that unfolds",
    '{{ $x := repeat 100000 "abcdefgh" }}{{ range until 100 }}{{ $_ := regexMatch "(a?b?c?d?){500}[a-h]{500}9" $x }}{{ end }}',
  ],
  [
    "breaks a long text into lines",
    '{{ $x := repeat 2000000 " a" }}{{ range until 10 }}{{ $_ := wrap 2 $x }}{{ end }}',
  ],
  [
    "reads long maps",
    '{{ $x := toYaml (dict "a" (until 300000)) }}{{ range until 100 }}{{ $_ := fromYaml $x }}{{ end }}',
  ],
  [
    "writes a long text as YAML",
    '{{ $x := repeat 1000000 "1\\n" }}{{ range until 100 }}{{ $_ := toYaml (dict "a" $x) }}{{ end }}',
  ],
  [
    "runs a long text",
    '{{ $x := repeat 400000 "{{1}}" }}{{ range $i, $_ := until 100 }}{{ $_ := tpl (print $i $x) $ }}{{ end }}',
  ],
];
