/** Returns where the JSON value that a text begins with ends; the length of the text when it does not end before. */
export function findJsonEnd(text: string): number {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (inString) {
      if (char === "\\") index++;
      else if (char === '"') {
        inString = false;
        if (depth === 0) return index + 1;
      }
    } else if (char === '"') {
      inString = true;
    } else if (char === "{" || char === "[") {
      depth++;
    } else if (char === "}" || char === "]") {
      depth--;
      if (depth === 0) return index + 1;
    } else if (depth === 0 && (char === "," || /\s/.test(char)) && text.slice(0, index).trim() !== "") {
      return index;
    }
  }
  return text.length;
}
