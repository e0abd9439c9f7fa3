import {
  type AliasEvent,
  EVENT_ID,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";

/** An event that begins a node. */
export type NodeEvent = ScalarEvent | MappingEvent | SequenceEvent | AliasEvent;

/** Returns where an event's node begins, tag, anchor and quote included; undefined for an empty node. */
export function eventOffset(event: NodeEvent): number | undefined {
  const starts = [event.anchorStart - 1];
  if (event.type !== EVENT_ID.ALIAS) starts.push(event.tagStart);
  if (event.type === EVENT_ID.SCALAR) starts.push(event.valueStart - (isQuoted(event) ? 1 : 0));
  else if (event.type !== EVENT_ID.ALIAS) starts.push(event.start);
  const known = starts.filter((start) => start >= 0);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Returns the tag of a node as written, undefined for a node without one. */
export function writtenTag(source: string, event: ScalarEvent): string | undefined {
  return event.tagStart === -1 ? undefined : source.slice(event.tagStart, event.tagEnd);
}

/** Returns the name of a node's anchor or of an alias, undefined for a node without one. */
export function anchorName(source: string, event: NodeEvent): string | undefined {
  return event.anchorStart === -1 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
}

function isQuoted(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
}
