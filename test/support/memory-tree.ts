export { folderTree } from "../../cli/offline/read-work-tree.ts";
export { type MemoryFile, memoryTree } from "../../shared/bundle/memory-tree.ts";
