import { fn, type GoFunction } from "../../template/go-function.ts";
import { GoObject, type GoValue, goInt } from "../../template/go-value.ts";

/** Names of the months, January first. */
export const monthNames: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Names of the days of the week, Sunday first. */
export const weekdayNames: readonly string[] = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];

/** A Go integer type that prints as a name: `time.Month` and `time.Weekday`. */
export class GoNamedInt extends GoObject {
  readonly kind = "int";
  readonly goType: string;
  readonly value: number;
  readonly text: string;

  constructor(...[goType, value, text]: [string, number, string]) {
    super();
    this.goType = goType;
    this.value = value;
    this.text = text;
  }

  override method(name: string): GoFunction | undefined {
    return name === "String" ? fn([], () => this.text) : undefined;
  }

  goString(): string {
    return this.text;
  }

  override goSyntax(): string {
    return String(this.value);
  }

  toJsonValue(): GoValue {
    return goInt(this.value);
  }
}
