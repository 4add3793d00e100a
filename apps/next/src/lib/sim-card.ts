/** A SIM card as this page shows it. */
export interface SimCard {
  readonly iccid: string
  readonly label: string
  readonly status: string
  readonly plan: string
  readonly usedMb: number
  readonly country: string
}

/** How many SIM cards a page shows. */
export const simCardsPerPage = 25

/** Reads an answer of `GET sims`. What is no SIM card is left out; undefined: it is no such answer. */
export function readSimCards(body: unknown): SimCard[] | undefined {
  if (!Array.isArray(body)) return undefined
  return (body as unknown[]).flatMap(value => readSimCard(value) ?? [])
}

/** Reads the number of a page from an address. What is none counts as the first. */
export function pageNumber(text: unknown): number {
  return typeof text === 'string' && /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 1
}

/** How many pages there are, at least one. */
export function pageCount(total: number): number {
  return Math.max(1, Math.ceil(total / simCardsPerPage))
}

function readSimCard(value: unknown): SimCard | undefined {
  const {
    iccid,
    label,
    status,
    rate_plan: plan,
    data_used_mb: usedMb,
    country,
  } = (value ?? {}) as Record<string, unknown>
  if (typeof iccid !== 'string' || typeof label !== 'string' || typeof status !== 'string') return undefined
  if (typeof plan !== 'string' || typeof usedMb !== 'number' || typeof country !== 'string') return undefined
  return { iccid, label, status, plan, usedMb, country }
}
