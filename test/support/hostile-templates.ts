const forever = "range $i, $_ := until 1000000";
const doubledMap = '{{ $d := dict "a" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}';

/** Templates that ask for more memory or time than there is, by what they do. */
export const hostileTemplates: readonly (readonly [string, string])[] = [
  ["prints a map that shares itself", `${doubledMap}{{ toYaml $d }}`],
  [
    "compares maps that share themselves",
    `${doubledMap}{{ $e := dict "a" 1 }}{{ range until 60 }}{{ $e = dict "a" $e "b" $e }}{{ end }}{{ deepEqual $d $e }}`,
  ],
  ["lets a map grow", `{{ $d := dict }}{{ ${forever} }}{{ $_ := set $d (toString $i) (until 10000) }}{{ end }}`],
  [
    "replaces in a text that grows",
    '{{ $x := repeat 1000000 "ab" }}{{ range until 1000 }}{{ $x = regexReplaceAll "(a)(b)" $x "${1}${2}${1}${2}" }}{{ end }}',
  ],
  ["finds each letter of a long text", '{{ regexFindAll "a" (repeat 4000000 "a") -1 | len }}'],
  ["takes a long text apart", '{{ range until 1000 }}{{ $_ := splitList "," (repeat 2000000 "a,") }}{{ end }}'],
  ["takes a huge text apart", '{{ $x := repeat 60000000 "é" }}{{ swapcase $x | len }}{{ wrap 3 $x | len }}'],
  [
    "takes long texts apart",
    '{{ range until 1000 }}{{ $_ := swapcase (repeat 2000000 "é") }}{{ $_ := shuffle (repeat 4000000 "a") }}{{ end }}',
  ],
  ["makes keys", '{{ range until 10000 }}{{ $_ := genPrivateKey "rsa" }}{{ end }}'],
  [
    "reads a long text",
    '{{ $x := repeat 1000000 "- a\\n" }}{{ range until 1000 }}{{ $_ := fromYamlArray $x }}{{ end }}',
  ],
  ["writes for ever", `{{ ${forever} }}{{ repeat 1000 "x: y\\n" }}{{ end }}`],
];
