const form =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;

/**
 * Returns whether go-yaml v2 takes a text for a timestamp: `2001-1-2`, `2001-1-2 3:4:5.6` or RFC 3339 with short date
 * fields, and a date that exists. Source: `parseTimestamp` of go.yaml.in/yaml/v2, whose forms Go's `time.Parse` reads.
 */
export function isGoTimestamp(text: string): boolean {
  // Most texts are no date: V8 need not make the pattern for them.
  if (!/^\d/.test(text)) return false;
  const match = form.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...time] = match.slice(1).map((part) => (part === undefined ? 0 : Number(part)));
  const [hourT = 0, minuteT = 0, secondT = 0, zoneHour = 0, zoneMinute = 0, hour = 0, minute = 0, second = 0] = time;
  const isTime = Math.max(hourT, hour) < 24 && Math.max(minuteT, minute, secondT, second) < 60;
  return (
    isTime && zoneHour <= 24 && zoneMinute < 60 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  );
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
