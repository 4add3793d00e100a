import type { Clock } from '@evergrant/core'
import type { EmulatorServer } from '@evergrant/emulator/server'

/** What every demo is told when it is started. */
export interface RunDemoOptions {
  /** Where the page is served: default 3000; 0 takes any free one. */
  readonly port?: number | undefined
  /** An emulator that runs already, and goes on when the demo stops. Default: one of its own. */
  readonly emulator?: EmulatorServer | undefined
  /** Where the built page is. Default: where the script "build" leaves it. */
  readonly pageDirectory?: string | undefined
  /** More origins whose pages may call the demo's API, such as that of Vite's development server. */
  readonly origins?: readonly string[] | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Receives what nobody expected. */
  readonly onError: (error: unknown) => void
}

/** A demo while it runs. */
export interface RunningDemo {
  /** Without a slash at its end. */
  readonly url: string
  readonly emulator: EmulatorServer
  /** Resolves when all that it started has ended. */
  readonly stop: () => Promise<void>
}
