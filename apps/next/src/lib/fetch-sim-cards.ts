import { isConfigurationError } from '@evergrant/core'
import { readSimCards, simCardsPerPage } from './sim-card.ts'
import type { SimCard } from './sim-card.ts'

/** What came of asking for SIM cards. */
export type SimCardsAnswer =
  | { readonly status: 'answered'; readonly simCards: readonly SimCard[]; readonly total: number }
  | { readonly status: 'failed'; readonly message: string }

/**
 * Asks Truphone Connect for one page of SIM cards, as the application itself.
 * @throws {ConfigurationError} the environment lacks something
 */
export async function fetchSimCards(
  source: { readonly fetch: typeof globalThis.fetch },
  page: number,
): Promise<SimCardsAnswer> {
  try {
    const response = await source.fetch(`sims?page=${page}&per_page=${simCardsPerPage}`)
    if (!response.ok) return failed(response.status >= 500 ? unavailable : refused)
    const simCards = readSimCards(await response.json().catch(() => undefined))
    if (simCards === undefined) return failed('Truphone Connect gave an answer that is no list of SIM cards.')
    const total = Number(response.headers.get('x-total-count') ?? simCards.length)
    return { status: 'answered', simCards, total }
  } catch (error) {
    if (isConfigurationError(error)) throw error
    return failed(unavailable)
  }
}

const unavailable = 'Truphone Connect does not answer at the moment. Try again in a minute.'
const refused = 'Truphone Connect refused the question. Ask whoever runs this dashboard.'

function failed(message: string): SimCardsAnswer {
  return { status: 'failed', message }
}
