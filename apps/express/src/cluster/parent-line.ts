import type { FaultName, ProviderFaults } from '../emulator-faults.ts'
import type { ProviderName } from '../provider-name.ts'
import type { FromGateway, Question, ToGateway, World } from './messages.ts'

/** The channel to the process that started this one. */
export interface ParentChannel {
  send(message: FromGateway): void
  on(event: 'message', listener: (message: ToGateway) => void): unknown
}

/** A gateway's line to the process that started it, which holds the emulator and knows who runs. */
export class ParentLine implements ProviderFaults {
  readonly #channel: ParentChannel
  readonly #waiting = new Map<number, (value: unknown) => void>()
  #lastId = 0

  constructor(channel: ParentChannel) {
    this.#channel = channel
    channel.on('message', message => {
      if (message.type !== 'answer') return
      this.#waiting.get(message.id)?.(message.value)
      this.#waiting.delete(message.id)
    })
  }

  async world(): Promise<World> {
    return (await this.#ask({ what: 'world' })) as World
  }

  async mend(provider: ProviderName): Promise<boolean> {
    return (await this.#ask({ what: 'mend', provider })) === true
  }

  async break(provider: ProviderName, fault: FaultName): Promise<void> {
    await this.#ask({ what: 'break', provider, fault })
  }

  #ask(question: Question): Promise<unknown> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise(resolve => {
      this.#waiting.set(id, resolve)
      this.#channel.send({ type: 'question', id, question })
    })
  }
}
