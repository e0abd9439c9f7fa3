import { helmFunctions } from "../../../helm/functions/registry.ts";
import { seededRandom } from "./random-template.ts";

/**
 * Functions whose answer is by chance, or of the hour, or costly, or that end a run; `keys` and `values` have no order, `fromToml`
 * words faults in its own way, and durations are integers to `%#v`.
 */
const excluded = new Set([
  ..."ago bcrypt buildCustomCert date dateInZone date_in_zone date_modify dateModify derivePassword encryptAES fail".split(
    " ",
  ),
  ..."genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert".split(" "),
  ..."genSignedCertWithKey getHostByName htmlDate htpasswd must_date_modify mustDateModify now randAlpha".split(" "),
  ..."randAlphaNum randAscii randBytes randInt randNumeric shuffle uuidv4 include tpl lookup required repeat until".split(
    " ",
  ),
  ..."untilStep seq values keys indent nindent durationRoundTo durationTruncateTo fromToml break continue htmlDateInZone toDate mustToDate unixEpoch duration durationRound".split(
    " ",
  ),
]);

const names = [...helmFunctions.keys()].filter((name) => !excluded.has(name)).toSorted();

/** Arguments of every kind that a template can have, odd ones among them. */
const values: readonly string[] = [
  ..."nil,\"\",0,1,-1,2,3,10,1.5,-0.25,1e3,12345678.0,true,false,'a',0x1F,1_000,9223372036854775807,1i".split(","),
  ...'"a","ab c","A-b_C","é☃😀","a,b,c","  pad  ","10","-3","1.5","0x1f","010","1e3","true","null","~","x: 1","[1, 2]"'.split(
    ",",
  ),
  '"{\\"k\\": [1, 2.5, null]}"',
  '"line\\n  two\\n"',
  '"https://u:p@h.x:8/p/q?a=b#f"',
  '"1.2.3-rc.1+b"',
  '">=1.2 <2"',
  '"[a-c]+"',
  '"(x)(y)?"',
  '"%d %s"',
  '"aGk="',
  '"2h30m"',
  "(list)",
  '(list 1 "a" nil)',
  "(list 3 1 2)",
  '(list "b" "a" "b")',
  "(list (list 1) (dict))",
  "(dict)",
  '(dict "a" 1 "b" (dict "c" "d"))',
  '(dict "b" (dict "e" 2) "z" nil)',
  "(int 5)",
  "(int64 7)",
  "(float64 2)",
  "$.Values.num",
  "$.Values.neg",
  "$.Values.missing",
  "$.Values.mixed",
  "$.Values.map",
  "$.Values.missing.deep",
  "$.Release.Name",
  "$.Files",
  '(b64dec "/wA=")',
];

const printers: readonly string[] = [
  "",
  " | toYaml",
  " | toJson",
  " | quote",
  ' | printf "%v"',
  ' | printf "%#v"',
  " | kindOf",
];

/** Returns calls of functions with arguments that suit and that do not; the same seed gives the same calls. */
export function randomCalls(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? "";
  const call = (depth: number): string => {
    const args = Array.from({ length: Math.floor(random() * 4.3) }, () =>
      depth > 0 && random() < 0.2 ? `(${call(depth - 1)})` : pick(values),
    );
    return [pick(names), ...args].join(" ");
  };
  return Array.from({ length: count }, () => `{{ ${call(2)}${pick(printers)} }}`);
}
