import type { Finish } from "../../../shared/targeting/target-bundle.ts";
import { templateValues } from "../../../shared/targeting/template-values.ts";

/** Evaluates value templates as the agent does. */
export const finishValues: Finish = templateValues;
