/** Where a fault lies and what it is; lines and columns count from 1, columns in UTF-16 units. */
export interface CodecFault {
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  /** What Go's libraries say of it, for those who must print the same. */
  readonly go?: string | undefined;
}

/** Text that cannot be read: the message says `file:line:column: reason`. */
export class CodecError extends Error {
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
  readonly go: string | undefined;

  constructor(fault: CodecFault) {
    const place = `${fault.line}:${fault.column}`;
    super(`${fault.file === undefined ? `line ${place}` : `${fault.file}:${place}`}: ${fault.reason}`);
    this.name = "CodecError";
    this.file = fault.file;
    this.line = fault.line;
    this.column = fault.column;
    this.reason = fault.reason;
    this.go = fault.go;
  }
}
