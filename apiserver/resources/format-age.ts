const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Returns how long ago an RFC 3339 time was, as kubectl prints ages: `45s`, `3m12s`, `5h`, `3d4h`, `2y12d`. */
export function formatAge(time: string, nowMs: number): string {
  const startMs = Date.parse(time);
  return Number.isNaN(startMs) ? "<invalid>" : formatDuration(nowMs - startMs);
}

/** Returns a duration in at most two units (k8s.io/apimachinery pkg/util/duration HumanDuration). */
export function formatDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / second);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.trunc(durationMs / minute);
  if (minutes < 10) return withRest(minutes, "m", { value: seconds % 60, unit: "s" });
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.trunc(durationMs / hour);
  if (hours < 8) return withRest(hours, "h", { value: minutes % 60, unit: "m" });
  if (hours < 48) return `${hours}h`;
  if (hours < 24 * 8) return withRest(Math.trunc(hours / 24), "d", { value: hours % 24, unit: "h" });
  const days = Math.trunc(durationMs / day);
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? withRest(years, "y", { value: days % 365, unit: "d" }) : `${years}y`;
}

function withRest(value: number, unit: string, rest: { readonly value: number; readonly unit: string }): string {
  return rest.value === 0 ? `${value}${unit}` : `${value}${unit}${rest.value}${rest.unit}`;
}
