import type { Emulator } from '@evergrant/emulator'

/** What {@link startDemo} is told. */
export interface DemoOptions {
  /** Default 3000; 0 takes any free one. */
  readonly port?: number
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The demo while it runs. */
export interface RunningDemo {
  /** `http://localhost:…`, without a slash at its end: the name that Next and Auth.js agree on. */
  readonly url: string
  readonly emulator: Emulator
  /** Resolves when its process and its emulator have ended. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the demo in a process of its own, with an emulator of its own.
 * @throws {Error} it is not built, or the port cannot be used
 */
export function startDemo(options?: DemoOptions): Promise<RunningDemo>
