/** A process that fetches for the hub, one job at a time: what a hostile repository breaks is this process only. */
import { fetchIntoStore } from "./fetch-into-store.ts";
import type { FetchAnswer, FetchRequest } from "./fetch-messages.ts";
import { plainError } from "./fetch-messages.ts";
import type { GitHttp } from "./git-http.ts";
import { createGitHttp } from "./git-http.ts";

let http: GitHttp = createGitHttp();

process.on("message", (request: FetchRequest) => {
  switch (request.type) {
    case "configure":
      http = createGitHttp({ proxy: request.proxy });
      answer({ type: "ready" });
      break;
    case "fetch":
      fetchIntoStore(request.job, http).then(
        (result) => answer({ type: "fetched", result: result }),
        (error: unknown) => answer({ type: "failed", error: plainError(error) }),
      );
      break;
  }
});
process.on("disconnect", () => process.exit(0));

function answer(message: FetchAnswer): void {
  process.send?.(message);
}
