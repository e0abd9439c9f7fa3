import { builtinFunctions } from "../template/builtin-functions.ts";
import type { FunctionTable } from "../template/go-function.ts";
import { certificateFunctions } from "./crypto/certificate-functions.ts";
import { secretFunctions } from "./crypto/secret-functions.ts";
import { dateFunctions } from "./dates/date-functions.ts";
import { durationFunctions } from "./dates/duration-functions.ts";
import { pathFunctions } from "./path-functions.ts";
import { randomFunctions } from "./random-functions.ts";
import { tomlFunctions } from "./toml-functions.ts";
import { urlFunctions } from "./url-functions.ts";
import { wordFunctions } from "./word-functions.ts";
import { dictFunctions } from "./dict-functions.ts";
import { encodingFunctions } from "./encoding-functions.ts";
import { flowFunctions } from "./flow-functions.ts";
import { listFunctions } from "./list-functions.ts";
import { mathFunctions } from "./math-functions.ts";
import { regexFunctions } from "./regex-functions.ts";
import { semverFunctions } from "./semver-functions.ts";
import { textFunctions } from "./text-functions.ts";
import { valueFunctions } from "./value-functions.ts";

/** Every function that a Helm 4 chart can call: Go's own, those of sprig 3 (`env` and `expandenv` left out, as in Helm), Helm's. */
export const helmFunctions: FunctionTable = new Map(
  [
    builtinFunctions,
    textFunctions,
    listFunctions,
    dictFunctions,
    valueFunctions,
    mathFunctions,
    encodingFunctions,
    regexFunctions,
    semverFunctions,
    flowFunctions,
    certificateFunctions,
    secretFunctions,
    dateFunctions,
    durationFunctions,
    pathFunctions,
    randomFunctions,
    tomlFunctions,
    urlFunctions,
    wordFunctions,
  ].flatMap((family) => Object.entries(family)),
);
