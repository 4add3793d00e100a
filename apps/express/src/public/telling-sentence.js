/** @typedef {import('@evergrant/timeline').TimelineModel} TimelineModel */
/** @typedef {import('./gateway-client.js').Pause} Pause */

/**
 * Says what just happened. An access token that was refused a moment after it was obtained is not replaced before the
 * pause between two exchanges is over: the refusal is the last event then, and why it stands tells more.
 * @param {Pick<typeof import('@evergrant/timeline'), 'lastSentence'>} library
 * @param {TimelineModel} model
 * @param {Pause} explanation what `explain()` said after the last event
 */
export function tellingSentence({ lastSentence }, model, { step, next }) {
  const last = model.events.at(-1)
  const isPausing = last?.type === 'token-rejected' && !last.willReplay && step?.because === 'guarded'
  if (!isPausing || next?.at === undefined) return lastSentence(model)
  const seconds = Math.max(1, Math.ceil((next.at - last.at) / 1000))
  return `The API refused an access token that is only a moment old; the next one may be asked for in ${seconds} s.`
}
