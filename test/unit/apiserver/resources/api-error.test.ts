import { describe, expect, it } from "vitest";
import {
  ApiError,
  alreadyExists,
  conflict,
  expired,
  forbidden,
  invalidObject,
  notFound,
  staleVersionProblem,
  toStatus,
} from "../../../../apiserver/resources/api-error.ts";
import { plainFault, unsupportedValue, valueFault } from "../../../../apiserver/resources/field-error.ts";

const deployments = { group: "apps", resource: "deployments" };
const pods = { group: "", resource: "pods" };

describe("toStatus", () => {
  it("shows a missing object as kube-apiserver does", () => {
    expect(toStatus(notFound(deployments, "web"))).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'deployments.apps "web" not found',
      reason: "NotFound",
      details: { name: "web", group: "apps", kind: "deployments" },
      code: 404,
    });
  });

  it("shows several faults of an object in brackets, each with its cause", () => {
    const faults = [
      plainFault("FieldValueRequired", "spec.a"),
      valueFault("FieldValueInvalid", "spec.b[0]", { value: 'x"', detail: "must be nice" }),
      unsupportedValue("spec.c", "d", ["e", "f"]),
      valueFault("FieldValueTypeInvalid", "spec.g", { value: { h: [1, "<"] } }),
    ];
    const status = toStatus(invalidObject({ group: "", kind: "Pod" }, "web", faults));
    expect(status["message"]).toBe(
      [
        'Pod "web" is invalid: [spec.a: Required value',
        'spec.b[0]: Invalid value: "x\\"": must be nice',
        'spec.c: Unsupported value: "d": supported values: "e", "f"',
        'spec.g: Invalid value: {"h":[1,"\\u003c"]}]',
      ].join(", "),
    );
    expect(status["code"]).toBe(422);
    expect(status["details"]).toMatchObject({
      kind: "Pod",
      causes: [{ reason: "FieldValueRequired", message: "Required value", field: "spec.a" }, {}, {}, {}],
    });
  });

  it.each([
    { error: alreadyExists(pods, "a"), code: 409, message: 'pods "a" already exists' },
    {
      error: conflict(deployments, "a", staleVersionProblem),
      code: 409,
      message: `Operation cannot be fulfilled on deployments.apps "a": ${staleVersionProblem}`,
    },
    { error: forbidden(pods, "", "no"), code: 403, message: "pods is forbidden: no" },
    { error: forbidden(pods, "a", "no"), code: 403, message: 'pods "a" is forbidden: no' },
    { error: expired("too old"), code: 410, message: "too old" },
  ])("answers $code with $message", ({ error, code, message }) => {
    expect(toStatus(error)).toMatchObject({ code, message });
  });

  it("has no reason for errors of other sorts", () => {
    for (const error of [new Error("boom"), new ApiError("Unknown", "boom")]) {
      expect(toStatus(error)).toEqual({
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: "boom",
        code: 500,
      });
    }
  });
});
