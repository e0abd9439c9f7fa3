/** Version of this Drover, as in package.json (a test compares). */
export const droverVersion = "0.1.0";
