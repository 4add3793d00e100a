/** A vehicle as this page shows it. */
export interface Vehicle {
  readonly id: string
  readonly licensePlate: string
  readonly make: string
  readonly city: string
}

/** What a question to TRAVIS came to. */
export type FleetAnswer =
  | {
      readonly kind: 'vehicles'
      readonly vehicles: readonly Vehicle[]
      readonly total: number
      readonly at: number
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'sign-in' }

export const path = 'vehicles?size=6'

/** Reads an answer of TRAVIS, or of the proxy before it. */
export async function readFleet(response: Response): Promise<FleetAnswer> {
  if (response.status === 401) return { kind: 'sign-in' }
  if (!response.ok) return failed(response.status)
  const body: unknown = await response.json().catch(() => undefined)
  if (!isRecord(body) || !Array.isArray(body['content'])) return failed(response.status)
  const page: unknown = body['page']
  const total = isRecord(page) && typeof page['totalElements'] === 'number' ? page['totalElements'] : 0
  const vehicles = (body['content'] as unknown[]).flatMap(value => readVehicle(value) ?? [])
  return { kind: 'vehicles', vehicles, total, at: Date.now() }
}

export const unreachable: FleetAnswer = {
  kind: 'failed',
  message: 'TRAVIS cannot be reached just now. You stay signed in; this page asks again by itself.',
}

function failed(status: number): FleetAnswer {
  return status >= 500
    ? unreachable
    : { kind: 'failed', message: `TRAVIS refused the question (HTTP ${status}).` }
}

function readVehicle(value: unknown): Vehicle | undefined {
  if (!isRecord(value)) return undefined
  const { id, licensePlate, make, lastPosition } = value
  const city = isRecord(lastPosition) ? lastPosition['city'] : undefined
  if (typeof id !== 'string' || typeof licensePlate !== 'string' || typeof make !== 'string') return undefined
  return { id, licensePlate, make, city: typeof city === 'string' ? city : '' }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
