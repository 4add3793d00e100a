type Environment = Readonly<Record<string, string | undefined>>

/** What {@link startDashboard} is told. */
export interface DashboardOptions {
  /** Default 3000; 0 takes any free one. */
  readonly port?: number
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Where the emulator listens; providers without credentials in `env` are asked there. */
  readonly emulatorUrl?: string
  /** Default `process.env`. */
  readonly env?: Environment
}

/** The dashboard while it runs. */
export interface RunningDashboard {
  /** Without a slash at its end. */
  readonly url: string
  /** Resolves when its process has ended. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the dashboard in a process of its own.
 * @throws {Error} it is not built, or the port cannot be used
 */
export function startDashboard(options?: DashboardOptions): Promise<RunningDashboard>

/** The settings of an emulator's providers, for those that `env` says nothing about. */
export function emulatedSettings(url: string, env: Environment): Record<string, string>
