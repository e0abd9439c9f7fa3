import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** One event is never longer than this; etcd's limit is far below. */
const maxLineLength = 16 * 1024 * 1024;

/** Yields a stream's lines as they come, without their line ends; empty lines are left out. */
export async function* readLines(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    rest += Buffer.isBuffer(chunk) ? decoder.write(chunk) : String(chunk);
    if (rest.length > maxLineLength) throw new Error(`a line is longer than ${maxLineLength} characters`);
    let end = rest.indexOf("\n");
    while (end !== -1) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (line !== "") yield line;
      end = rest.indexOf("\n");
    }
  }
  if (rest !== "") yield rest;
}
