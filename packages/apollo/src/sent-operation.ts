import type { ApolloLink } from '@apollo/client/link'
import { ReplaySubject } from 'rxjs'
import type { Observer } from 'rxjs'
import { answerOf, failureOf } from './answer.ts'
import type { Answer } from './answer.ts'

/** What an operation that was sent works with. */
export interface SentOperationOptions {
  readonly operation: ApolloLink.Operation
  readonly observer: Observer<ApolloLink.Result>
  /** Tells the source of an answer, and whether the operation is to be sent again. */
  readonly isReplayed: (answer: Answer) => boolean
  /** Sends once more and resolves to true, or leaves it. Never rejects. */
  readonly replay: () => Promise<boolean>
}

/** Passes on what the next link says, and keeps a refusal back while a newer token is awaited: it counts if none comes. */
export class SentOperation implements Observer<ApolloLink.Result> {
  readonly #options: SentOperationOptions
  /** The observer, or what keeps everything for it. */
  #target: Observer<ApolloLink.Result>

  constructor(options: SentOperationOptions) {
    this.#options = options
    this.#target = options.observer
  }

  next(result: ApolloLink.Result): void {
    this.#decide(answerOf(result, this.#options.operation))
    this.#target.next(result)
  }

  error(error: unknown): void {
    this.#decide(failureOf(error))
    this.#target.error(error)
  }

  complete(): void {
    this.#target.complete()
  }

  #decide(answer: Answer | undefined): void {
    const { isReplayed, observer, replay } = this.#options
    if (!answer || this.#target !== observer) return
    try {
      if (!isReplayed(answer)) return
    } catch (error) {
      // Thrown from here, the fault of a predicate would end nowhere.
      return observer.error(error)
    }
    const held = new ReplaySubject<ApolloLink.Result>()
    this.#target = held
    void replay().then(isSent => {
      if (isSent) return
      this.#target = observer
      held.subscribe(observer)
    })
  }
}
