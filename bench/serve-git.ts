/** The program of `git-server-process.ts`: serves the folder of its first argument until its parent goes. */
import { startGitServer } from "../simulator/git-server.ts";

const server = await startGitServer({ root: process.argv[2] ?? "." });
process.send?.(server.url);
process.once("disconnect", () => {
  void server[Symbol.asyncDispose]().then(() => process.exit(0));
});
