import type { Step } from "./server-pair.ts";

const configMaps = "/api/v1/namespaces/NS/configmaps";
const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
const partialList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
const partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

function made(name: string, labels: Readonly<Record<string, string>>): Step {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: { x: "1" } };
  return { name: `${name} is created`, path: configMaps, method: "POST", body };
}

/** Lists, selectors, tables and what cannot be read. `kube-root-ca.crt` comes when it comes: selectors keep it out. */
export const readSteps: readonly Step[] = [
  made("one", { app: "web", tier: "front" }),
  made("two", { app: "web" }),
  made("three", { app: "db" }),
  { name: "a list is asked for by label", path: `${configMaps}?labelSelector=app%3Dweb` },
  { name: "a list is asked for by a set of labels", path: `${configMaps}?labelSelector=app+in+(web,db),!tier` },
  { name: "a list is asked for by name", path: `${configMaps}?fieldSelector=metadata.name%3Dtwo` },
  { name: "a page is asked for", path: `${configMaps}?labelSelector=app&limit=2` },
  { name: "a table is asked for", path: `${configMaps}?labelSelector=app`, accept: table },
  {
    name: "a table with whole objects is asked for",
    path: `${configMaps}?labelSelector=app&includeObject=Object`,
    accept: table,
  },
  {
    name: "a table without objects is asked for",
    path: `${configMaps}?labelSelector=app&includeObject=None`,
    accept: table,
  },
  { name: "a table of one object is asked for", path: `${configMaps}/one`, accept: table },
  { name: "metadata of a list is asked for", path: `${configMaps}?labelSelector=app`, accept: partialList },
  { name: "metadata of an object is asked for", path: `${configMaps}/one`, accept: partial },
  { name: "nothing matches", path: `${configMaps}?labelSelector=app%3Dnone` },
  { name: "a namespace that does not exist is listed", path: "/api/v1/namespaces/missing-namespace/configmaps" },
  { name: "a label selector cannot be read", path: `${configMaps}?labelSelector=a%3D%3D%3D` },
  { name: "a field selector names an unknown field", path: `${configMaps}?fieldSelector=data.x%3D1` },
  { name: "the limit is no number", path: `${configMaps}?limit=abc` },
  { name: "the version is no number", path: `${configMaps}?resourceVersion=abc` },
  { name: "the version is from the future", path: `${configMaps}?resourceVersion=99999999` },
  { name: "a match is given without a version", path: `${configMaps}?resourceVersionMatch=Exact` },
  { name: "a match is misspelt", path: `${configMaps}?resourceVersionMatch=Foo&resourceVersion=1` },
  { name: "initial events are asked for without a match", path: `${configMaps}?watch=1&sendInitialEvents=true` },
  // A kube-apiserver also offers protobuf.
  { name: "the media type is not offered", path: `${configMaps}/one`, accept: "application/foo", ignore: ["message"] },
  { name: "the kind is not served", path: "/api/v1/namespaces/NS/foos" },
  { name: "the method fits no collection", path: configMaps, method: "PUT", body: {} },
  { name: "the method fits no object", path: `${configMaps}/one`, method: "POST", body: {} },
  { name: "the token is wrong", path: configMaps, token: "wrong" },
  {
    name: "pods of no node are listed",
    path: "/api/v1/namespaces/NS/pods?fieldSelector=spec.nodeName%3Dnone",
    accept: table,
  },
  { name: "deployments are listed as a table", path: "/apis/apps/v1/namespaces/NS/deployments", accept: table },
  { name: "services are listed as a table", path: "/api/v1/namespaces/NS/services", accept: table },
];
