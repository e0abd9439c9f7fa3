/** Frames that were joined lately, by digest. */
export interface RecentFrames {
  /** Returns a frame, made once however many ask at the same time; what fails, or is not there, is made again. */
  take(digest: string, make: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined>;
}

/** Returns a memory of so many bytes, which forgets what was not asked for the longest. */
export function createRecentFrames(maxBytes: number): RecentFrames {
  const making = new Map<string, Promise<Uint8Array | undefined>>();
  const kept = new Map<string, Uint8Array>();
  let bytes = 0;

  function keep(digest: string, frame: Uint8Array): void {
    kept.set(digest, frame);
    bytes += frame.length;
    for (const [oldest, { length }] of kept) {
      if (bytes <= maxBytes) break;
      kept.delete(oldest);
      bytes -= length;
    }
  }

  async function makeOnce(
    digest: string,
    make: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    try {
      const frame = await make();
      if (frame !== undefined) keep(digest, frame);
      return frame;
    } finally {
      making.delete(digest);
    }
  }

  return {
    take: async (digest, make) => {
      const frame = kept.get(digest);
      if (frame !== undefined) {
        kept.delete(digest);
        kept.set(digest, frame);
        return frame;
      }
      const underway = making.get(digest) ?? makeOnce(digest, make);
      making.set(digest, underway);
      return underway;
    },
  };
}
