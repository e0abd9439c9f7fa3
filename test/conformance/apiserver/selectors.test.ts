import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiError, toStatus } from "../../../apiserver/resources/api-error.ts";
import { parseFieldSelector } from "../../../apiserver/resources/field-selector.ts";
import { parseLabelSelector } from "../../../apiserver/resources/label-selector.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";

let cluster: Awaited<ReturnType<typeof sharedCluster>>;

beforeAll(async () => {
  cluster = await sharedCluster();
});

afterAll(() => {
  cluster[Symbol.dispose]();
});

/** The Status of a refused query, undefined when it was answered. */
async function refusal(parameter: string, selector: string): Promise<unknown> {
  const answer = await cluster.request(`/api/v1/pods?limit=1&${parameter}=${encodeURIComponent(selector)}`);
  return answer.status === 200 ? undefined : answer.json;
}

function ourRefusal(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return toStatus(error);
    throw error;
  }
}

const labelSelectors = [
  "a=b",
  "a==b",
  "a!=b,c",
  "!a",
  "a in (x,y),b notin (z)",
  "a in ()",
  "a in (,x,)",
  "in in (in)",
  "a = ",
  "a!=",
  "a>1",
  "a<-1",
  "a>x",
  "a>9999999999999999999",
  "a in (x,",
  "a in (",
  "a in )",
  "a in",
  "a in (x y)",
  "a=(",
  "!!",
  "=!",
  "==",
  "a=b=c",
  "a b",
  "a,,b",
  ",a",
  "x=y,",
  ")",
  "!a=b",
  "_x=1",
  "a=_",
  "a=é",
  "a/b/c=1",
  "Foo.bar/b=x",
  `${"x".repeat(70)}=1`,
  `a=${"x".repeat(70)}`,
  "a=1\0b",
  "a=1\0",
  "a=\0b",
  "\0a=b",
];

const fieldSelectors = [
  "metadata.name=x,status.phase!=Running",
  "metadata.name=a\\,b,,",
  "metadata.name==x",
  "metadata.name",
  "metadata.name=a\\",
  "metadata.name=a\\b",
  "metadata.name=a=b",
];

describeWithKube("selectors beside kube-apiserver", () => {
  it.each(labelSelectors)("reads the label selector %j as it does", async (selector) => {
    expect(ourRefusal(() => parseLabelSelector(selector))).toEqual(await refusal("labelSelector", selector));
  });

  it.each(fieldSelectors)("reads the field selector %j as it does", async (selector) => {
    expect(ourRefusal(() => parseFieldSelector(selector))).toEqual(await refusal("fieldSelector", selector));
  });
});
