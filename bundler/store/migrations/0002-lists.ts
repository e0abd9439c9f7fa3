/** Lists among the blobs: with `listed` = 1 `data` says which other blobs' files are joined (`content-list.ts`). */
export const listsMigration = `
ALTER TABLE blobs ADD COLUMN listed BIGINT NOT NULL DEFAULT 0;
`;
