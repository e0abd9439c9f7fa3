import { fstatSync, writeSync } from "node:fs";

const stdout = 1;

/** Prints on the output of this process. */
export interface Printer {
  /** Prints a text and a line feed. */
  readonly print: (text: string) => void;
  /** Whether nothing waits for a reader or a terminal: the process may end. */
  readonly isWritten: () => boolean;
}

/**
 * Returns a printer. Files and pipes are written to at once: `process.stdout` loads streams and sockets first, which
 * takes 5 ms. It serves terminals, and what a pipe that does not wait takes later.
 */
export function createPrinter(): Printer {
  let direct = isPlain();
  let written = true;
  return {
    print: (text) => {
      const line = Buffer.from(`${text}\n`);
      const rest = direct ? writeNow(line) : line;
      if (rest.length === 0) return;
      direct = false;
      written = false;
      process.stdout.write(rest);
    },
    isWritten: () => written,
  };
}

function isPlain(): boolean {
  const stat = fstatSync(stdout);
  return stat.isFile() || stat.isFIFO() || stat.isSocket();
}

/** Returns what could not be written yet. A reader that has gone away, such as `head`, needs no more. */
function writeNow(bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(stdout, rest));
    return rest;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN") return rest;
    if (code === "EPIPE") return rest.subarray(rest.length);
    throw error;
  }
}
