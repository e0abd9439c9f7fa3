import { builtinFunctions } from "../template/builtin-functions.ts";
import type { FunctionTable } from "../template/go-function.ts";
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
  ].flatMap((family) => Object.entries(family)),
);
