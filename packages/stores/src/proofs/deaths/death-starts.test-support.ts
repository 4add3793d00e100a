import { DeathProcess } from './death-process.test-support.ts'
import type { DeathTask } from './death-users.test-support.ts'

/**
 * Starts processes, few at once: a start keeps a core busy, and those that a start keeps waiting would seem to be slow.
 */
export class DeathStarts {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  async start(task: DeathTask): Promise<DeathProcess> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await DeathProcess.start(task)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
