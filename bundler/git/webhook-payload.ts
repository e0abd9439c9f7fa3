import * as z from "zod";

import { isOid } from "./object-format.ts";

/** What a webhook says: these addresses are the repository's, this ref is now at this commit. */
export interface WebhookPush {
  readonly urls: readonly string[];
  /** Full name of the branch or tag, where the event has one and only one. */
  readonly ref?: string;
  readonly commit?: string;
}

const urlFields = [
  "clone_url",
  "ssh_url",
  "git_url",
  "html_url",
  "url",
  "git_http_url",
  "git_ssh_url",
  "homepage",
] as const;

const text = z.string();
const fields = z.record(text, z.unknown()).catch({});

/** GitHub, Gitea, Gogs, GitLab and our own form; they differ in names only. */
const plainPush = z.object({
  ref: text.optional(),
  after: text.optional(),
  checkout_sha: text.nullish(),
  commit: text.optional(),
  repository: fields.optional(),
  project: fields.optional(),
  urls: z.array(text).optional(),
  url: text.optional(),
});

const link = z.object({ href: text });

/** Bitbucket Cloud, `repo:push`. */
const bitbucketCloudPush = z.object({
  push: z.object({
    changes: z.array(
      z.object({ new: z.object({ type: text, name: text, target: z.object({ hash: text }).optional() }).nullish() }),
    ),
  }),
  repository: z.object({ links: z.object({ html: link }) }),
});

/** Bitbucket Server and Data Center, `repo:refs_changed`. */
const bitbucketServerPush = z.object({
  changes: z.array(z.object({ ref: z.object({ id: text }), toHash: text })),
  repository: z.object({ links: z.object({ clone: z.array(link) }) }),
});

/** Azure DevOps, `git.push`. */
const azurePush = z.object({
  resource: z.object({
    refUpdates: z.array(z.object({ name: text, newObjectId: text })),
    repository: z.object({ remoteUrl: text }),
  }),
});

/** Returns the push that a body tells of; undefined when it tells of none or names no repository. */
export function readPush(body: unknown): WebhookPush | undefined {
  const cloud = bitbucketCloudPush.safeParse(body);
  if (cloud.success) {
    const changes = cloud.data.push.changes.flatMap(({ new: now }) => {
      const kind = now?.type === "tag" ? "tags" : "heads";
      return now === null || now === undefined ? [] : [{ ref: `refs/${kind}/${now.name}`, oid: now.target?.hash }];
    });
    return pushOf([cloud.data.repository.links.html.href], changes);
  }
  const server = bitbucketServerPush.safeParse(body);
  if (server.success) {
    const urls = server.data.repository.links.clone.map(({ href }) => href);
    return pushOf(
      urls,
      server.data.changes.map(({ ref, toHash }) => ({ ref: ref.id, oid: toHash })),
    );
  }
  const azure = azurePush.safeParse(body);
  if (azure.success) {
    const { refUpdates, repository } = azure.data.resource;
    return pushOf(
      [repository.remoteUrl],
      refUpdates.map(({ name, newObjectId }) => ({ ref: name, oid: newObjectId })),
    );
  }
  const plain = plainPush.safeParse(body);
  return plain.success ? readPlainPush(plain.data) : undefined;
}

function readPlainPush(data: z.infer<typeof plainPush>): WebhookPush | undefined {
  const records = [data.repository ?? {}, data.project ?? {}];
  const named = records.flatMap((record) => urlFields.map((name) => record[name]));
  const urls = [...(data.urls ?? []), data.url, ...named].filter((url) => typeof url === "string" && url !== "");
  // `after` of an annotated tag is the tag object, which no poll shows; GitLab's `checkout_sha` is always a commit.
  const after = data.ref?.startsWith("refs/tags/") === true ? undefined : data.after;
  return pushOf(
    urls.filter((url) => typeof url === "string"),
    [{ ref: data.ref, oid: data.checkout_sha ?? after ?? data.commit }],
  );
}

interface RefChange {
  readonly ref: string | undefined;
  readonly oid: string | undefined;
}

/** With several refs in one event none is named: all who follow the repository look. */
function pushOf(urls: readonly string[], changes: readonly RefChange[]): WebhookPush | undefined {
  if (urls.length === 0) return undefined;
  const [change] = changes;
  const { ref, oid } = changes.length === 1 && change !== undefined ? change : { ref: undefined, oid: undefined };
  const commit = oid !== undefined && isOid(oid) && !/^0+$/u.test(oid) ? oid : undefined;
  return {
    urls: [...new Set(urls)],
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
  };
}
