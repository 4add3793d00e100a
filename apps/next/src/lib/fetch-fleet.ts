import { readVehiclePage } from './vehicle.ts'
import type { Vehicle } from './vehicle.ts'

/** What came of asking for the vehicles. */
export type FleetAnswer =
  | { readonly status: 'answered'; readonly vehicles: readonly Vehicle[] }
  | { readonly status: 'signed-out' }
  /** Somebody else has signed in meanwhile, in another tab. */
  | { readonly status: 'changed' }
  | FleetFailure

/** Why there are no vehicles to show, or none that are new. */
export interface FleetFailure {
  readonly status: 'failed'
  readonly message: string
  /** How long to wait before asking again, in milliseconds, where the answer says so. */
  readonly retryInMs?: number | undefined
}

const pageSize = 100
// 2 000 vehicles: more than a list can show well.
const mostPages = 20

/** Asks for all vehicles, page after page. Rejects with what `ask` rejects with. */
export async function fetchFleet(ask: (path: string) => Promise<Response>): Promise<FleetAnswer> {
  const vehicles: Vehicle[] = []
  for (let page = 0, pages = 1; page < Math.min(pages, mostPages); page += 1) {
    const response = await ask(`vehicles?page=${page}&size=${pageSize}`)
    if (!response.ok) return refusalOf(response)
    const read = readVehiclePage(await response.json().catch(() => undefined))
    if (read === undefined) return failed('TRAVIS gave an answer that is no list of vehicles.')
    vehicles.push(...read.vehicles)
    pages = read.pages
  }
  vehicles.sort((first, second) => first.licensePlate.localeCompare(second.licensePlate, 'en'))
  return { status: 'answered', vehicles }
}

/** Says that TRAVIS, or the way to it, is of no use at the moment. */
export function failed(message: string, retryInMs?: number): FleetFailure {
  return { status: 'failed', message, retryInMs }
}

export const unavailable = 'TRAVIS does not answer at the moment.'
const tokenRefused = 'TRAVIS refused an access token that is only a moment old.'

// 401 of this dashboard: nobody is signed in. 401 of TRAVIS itself comes through as it is, and ends no session.
async function isOwnRefusal(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code?: unknown } } | undefined
  return body?.error?.code === 'reauthorization_required'
}

async function refusalOf(response: Response): Promise<FleetAnswer> {
  const { status, headers } = response
  if (status === 409) return { status: 'changed' }
  if (status === 401)
    return (await isOwnRefusal(response)) ? { status: 'signed-out' } : failed(tokenRefused, 3000)
  if (status === 403) return failed('TRAVIS does not let this account see vehicles.')
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  const retryInMs = seconds >= 0 ? seconds * 1000 : undefined
  return status >= 500 || status === 429
    ? failed(unavailable, retryInMs)
    : failed(`TRAVIS refused the question with status ${status}.`)
}
