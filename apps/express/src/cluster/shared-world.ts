import type { Emulator } from '@evergrant/emulator'
import { EmulatorFaults } from '../emulator-faults.ts'
import type { ProviderName } from '../provider-name.ts'
import type { GatewayChild } from './gateway-child.ts'
import type { Question, World } from './messages.ts'
import { TokenRequestTally } from './token-request-tally.ts'

/** How often the emulator's journal is looked at, in milliseconds: it does not remember everything. */
const tallyMs = 1000

/** What the process that started the gateways knows and can do. It answers their questions. */
export class SharedWorld {
  readonly #faults: EmulatorFaults | undefined
  readonly #tally: TokenRequestTally | undefined
  readonly #emulated: readonly ProviderName[]
  readonly #gateways = new Map<string, Pick<GatewayChild, 'name' | 'pid' | 'url'>>()
  readonly #ends = new Map<string, string>()
  readonly #timer: NodeJS.Timeout

  constructor(emulator: Emulator | undefined, emulated: readonly ProviderName[]) {
    this.#faults = emulator && new EmulatorFaults(emulator)
    this.#tally = emulator && new TokenRequestTally(emulator)
    this.#emulated = emulated
    this.#timer = setInterval(() => void this.#tally?.counts(), tallyMs)
    this.#timer.unref()
  }

  add({ name, pid, url }: GatewayChild): void {
    this.#gateways.set(name, { name, pid, url })
  }

  /** Remembers that a gateway has ended, and says so. */
  farewell({ name, pid, how }: { name: string; pid: number; how: string }): string {
    this.#ends.set(name, how)
    const left = [...this.#gateways.keys()].filter(each => !this.#ends.has(each))
    const others = left.map(each => `gateway ${each} goes on alone`).join(', ')
    const next = others === '' ? 'None is left.' : `It is not started again; ${others}.`
    return `Gateway ${name} (process ${pid}) has ended: ${how}. ${next}`
  }

  async answer(question: Question): Promise<unknown> {
    switch (question.what) {
      case 'world':
        return this.#describe()
      case 'mend':
        return this.#faults?.mend(question.provider)
      case 'break':
        return this.#faults?.break(question.provider, question.fault)
    }
  }

  dispose(): void {
    clearInterval(this.#timer)
  }

  #describe(): World {
    const counts = Object.entries(this.#tally?.counts() ?? {})
    const isEmulated = (name: string): boolean => this.#emulated.some(each => each === name)
    return {
      processes: [...this.#gateways.values()].map(each => ({ ...each, end: this.#ends.get(each.name) })),
      requests: Object.fromEntries(counts.filter(([name]) => isEmulated(name))),
    }
  }
}
