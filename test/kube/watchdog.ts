import { spawn } from "node:child_process";

/** Ends processes and removes a folder when the process that made it dies, however it dies. */
export interface Watchdog {
  /** From now on this process is killed too. */
  guard(pid: number): void;
  /** Says that this process has ended by itself. */
  forget(pid: number): void;
  /** Everything has been stopped: the watchdog ends without doing anything. Resolves when it has. */
  release(): Promise<void>;
}

// Reads "add PID" and "drop PID" from our pipe. The kernel closes the pipe when we die; without "done" before that,
// what is guarded gets SIGKILL and the folder goes.
const script = `
trap '' INT TERM HUP
pids=" "
while read -r word pid; do
  case "$word" in
    add) pids="$pids$pid " ;;
    drop) pids=$(printf %s "$pids" | sed "s/ $pid / /") ;;
    done) exit 0 ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
sleep 0.2
rm -rf "$1"
`;

/** Returns a watchdog for the folder; it is a `sh` in a process group of its own, so that Ctrl-C does not reach it. */
export function startWatchdog(dir: string): Watchdog {
  const shell = spawn("sh", ["-c", script, "sh", dir], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise<void>((resolve, reject) => {
    shell.on("error", reject);
    shell.on("close", () => {
      resolve();
    });
  });
  // Writing to a watchdog that somebody killed must not end the tests.
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    guard: (pid) => {
      shell.stdin.write(`add ${pid}\n`);
    },
    forget: (pid) => {
      shell.stdin.write(`drop ${pid}\n`);
    },
    release: async () => {
      shell.ref();
      shell.stdin.end("done\n");
      await ended;
    },
  };
}
