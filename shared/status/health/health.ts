/** One object's verdict; `message` says what a not ready object waits for, or what failed. */
export interface Health {
  readonly ready: boolean;
  readonly message: string;
}

/** The verdict of an object with nothing to wait for. */
export const ready: Health = { ready: true, message: "" };

/** Returns the verdict of an object that waits or failed. */
export function notReady(message: string): Health {
  return { ready: false, message };
}
