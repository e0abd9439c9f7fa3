import { printJson } from "../../codec/print-json.ts";
import { AppError } from "../../shared/errors.ts";
import type { Answer, PlannedDeployment } from "../../shared/protocol/answers.ts";

/** Returns the answer with its longest lists cut until its JSON fits; each says how many entries are left out. Throws ANSWER_TOO_LARGE. */
export function fitAnswer(answer: Answer, maxBytes: number): Answer {
  for (let fitting = answer, share = 1; ;) {
    const bytes = Buffer.byteLength(printJson(fitting));
    if (bytes <= maxBytes) return fitting;
    share = Math.min(share / 2, (share * maxBytes) / bytes);
    if (share < smallestShare || answer.kind === "object") {
      const message = `the answer has ${bytes} bytes, ${maxBytes} are allowed: look at it with kubectl in the cluster`;
      throw new AppError("ANSWER_TOO_LARGE", message, { verdict: "stalled" });
    }
    fitting = cutTo(answer, share);
  }
}

const smallestShare = 1 / 4096;

function cutTo(answer: Answer, share: number): Answer {
  switch (answer.kind) {
    case "object":
      return answer;
    case "diff":
      return { ...answer, deployment: cutDeployment(answer.deployment, share) };
    case "plan":
      return { ...answer, deployments: answer.deployments.map((deployment) => cutDeployment(deployment, share)) };
    case "events": {
      const { kept, left } = cutList(answer.objects, share);
      return { ...answer, objects: kept, ...left };
    }
    case "inventory": {
      const { kept, left } = cutList(answer.objects, share);
      return { ...answer, objects: kept, ...left };
    }
    case "logs": {
      const { kept, left } = cutList(answer.logs, share);
      return { ...answer, logs: kept, ...left };
    }
  }
}

function cutDeployment(deployment: PlannedDeployment, share: number): PlannedDeployment {
  let left = deployment.cut ?? 0;
  const cut = <T>(list: readonly T[]): T[] => {
    const kept = list.slice(0, Math.floor(list.length * share));
    left += list.length - kept.length;
    return kept;
  };
  const lists = {
    objects: cut(deployment.objects),
    remove: cut(deployment.remove),
    held: cut(deployment.held),
    released: cut(deployment.released),
    hooks: cut(deployment.hooks),
    warnings: cut(deployment.warnings),
  };
  return { ...deployment, ...lists, ...(left === 0 ? {} : { cut: left }) };
}

function cutList<T>(list: readonly T[], share: number): { readonly kept: T[]; readonly left: { cut?: number } } {
  const kept = list.slice(0, Math.floor(list.length * share));
  const left = list.length - kept.length;
  return { kept, left: left === 0 ? {} : { cut: left } };
}
