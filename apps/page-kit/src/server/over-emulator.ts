import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'

/** What ends when the demo does, the last one first. */
export type Stops = (() => Promise<void>)[]

/**
 * Starts what runs over an emulator: over `given`, which then goes on, or over one that ends with the rest.
 * If `start` fails, whatever it has put into `stops` ends at once.
 */
export async function overEmulator<Started extends object>(
  given: EmulatorServer | undefined,
  start: (running: EmulatorServer, stops: Stops) => Promise<Started>,
): Promise<Started & { readonly emulator: EmulatorServer; readonly stop: () => Promise<void> }> {
  const emulator = given ?? (await startEmulatorServer())
  const stops: Stops = given === undefined ? [emulator.close] : []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end()
  }
  try {
    return { ...(await start(emulator, stops)), emulator, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
