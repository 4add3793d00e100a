import { systemClock } from '@evergrant/core'
import type { Clock } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import type { RunningDemo } from '../server/run-demo-options.ts'

/** What a demo is started with, so that tests see into it. */
export interface EmulatedOptions {
  readonly port: 0
  readonly emulator: EmulatorServer
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** A demo and an emulator on free ports, with one clock that tests move. */
export class Emulated<Demo extends RunningDemo> {
  readonly demo: Demo
  /** What the demo did not expect. */
  readonly faults: readonly unknown[]
  readonly #clock: { skippedMs: number }

  protected constructor({ demo, faults, clock }: Started<Demo>) {
    this.demo = demo
    this.faults = faults
    this.#clock = clock
  }

  protected static async run<Demo extends RunningDemo>(
    start: (options: EmulatedOptions) => Promise<Demo>,
  ): Promise<Started<Demo>> {
    const moved = { skippedMs: 0 }
    const clock: Clock = {
      wall: () => systemClock.wall() + moved.skippedMs,
      monotonic: () => systemClock.monotonic() + moved.skippedMs,
      schedule: (...given) => systemClock.schedule(...given),
    }
    const faults: unknown[] = []
    const emulator = await startEmulatorServer({ emulator: createEmulator({ now: () => clock.wall() }) })
    const onError = (error: unknown): void => void faults.push(error)
    return { demo: await start({ port: 0, emulator, clock, onError }), faults, clock: moved }
  }

  get url(): string {
    return this.demo.url
  }

  get emulator(): Emulator {
    return this.demo.emulator.emulator
  }

  /** Moves the clock of the servers and of the providers. */
  skip(ms: number): void {
    this.#clock.skippedMs += ms
  }

  async close(): Promise<void> {
    await this.demo.stop()
    await this.demo.emulator.close()
  }
}

interface Started<Demo> {
  readonly demo: Demo
  readonly faults: readonly unknown[]
  readonly clock: { skippedMs: number }
}
