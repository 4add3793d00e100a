import type { ObservableTokens } from './observable-tokens.ts'

// React drops what a component remembered when it suspends at first, so the promise must live elsewhere.
const answers = new WeakMap<ObservableTokens, Promise<void>>()

/** Resolves once the status is not pending any more; one and the same promise until then. */
export function answerOf(tokens: ObservableTokens): Promise<void> {
  const asked = answers.get(tokens)
  if (asked) return asked
  const answer = new Promise<void>(resolve => {
    let leave: (() => void) | undefined
    const look = (): void => {
      if (tokens.getSnapshot().status === 'pending') return
      answers.delete(tokens)
      resolve()
      leave?.()
    }
    leave = tokens.subscribe(look)
    // Only after this promise is remembered, so that it is forgotten for certain.
    queueMicrotask(look)
  })
  answers.set(tokens, answer)
  return answer
}
