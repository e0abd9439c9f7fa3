/** Flags, width and precision of one printf verb. */
export interface FormatFlags {
  readonly width?: number;
  readonly precision?: number;
  readonly plus?: boolean;
  readonly minus?: boolean;
  readonly sharp?: boolean;
  readonly space?: boolean;
  readonly zero?: boolean;
  /** `%#v`: as Go source. */
  readonly sharpV?: boolean;
  /** `%+v`: structs with field names. */
  readonly plusV?: boolean;
}

/** No flag at all, as `print` and `%v` have. */
export const noFlags: FormatFlags = {};

/** Returns text padded to the width: with spaces, or zeros on the left. */
export function padText(text: string, flags: FormatFlags): string {
  const { width } = flags;
  if (width === undefined || width === 0) return text;
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.minus === true) return text + " ".repeat(missing);
  return (flags.zero === true ? "0" : " ").repeat(missing) + text;
}
