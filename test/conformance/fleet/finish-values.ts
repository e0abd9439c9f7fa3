import type { FunctionTable } from "../../../helm/template/go-function.ts";
import type { Finish } from "../../../shared/targeting/target-bundle.ts";
import { templateValues, valueFunctions } from "../../../shared/targeting/template-values.ts";

const functions: FunctionTable = valueFunctions(new Map());

/** Evaluates value templates as the agent does. */
export const finishValues: Finish = (options, facts) => templateValues(options, facts, functions);
