import type { Position } from '../map/projection.ts'

export type VehicleStatus = 'ACTIVE' | 'IN_MAINTENANCE' | 'INACTIVE'

/** A vehicle as this page shows it: what TRAVIS tells, and nothing that it does not show. */
export interface Vehicle {
  readonly id: string
  readonly licensePlate: string
  readonly country: string
  readonly type: string
  readonly make: string
  readonly model: string
  readonly vin: string
  readonly status: VehicleStatus
  readonly firstRegistration: string
  readonly lastPosition: Position & { readonly city: string }
}

/** One page of vehicles. */
export interface VehiclePage {
  readonly vehicles: readonly Vehicle[]
  readonly pages: number
}

/** Reads an answer of `GET vehicles`. What is no vehicle is left out; undefined: it is no such answer. */
export function readVehiclePage(body: unknown): VehiclePage | undefined {
  if (!isRecord(body) || !Array.isArray(body['content']) || !isRecord(body['page'])) return undefined
  const { totalPages } = body['page']
  if (typeof totalPages !== 'number') return undefined
  const vehicles = (body['content'] as unknown[]).flatMap(value => readVehicle(value) ?? [])
  return { vehicles, pages: totalPages }
}

const texts = ['id', 'licensePlate', 'country', 'type', 'make', 'model', 'vin', 'firstRegistration'] as const

function readVehicle(value: unknown): Vehicle | undefined {
  if (!isRecord(value) || !isRecord(value['lastPosition'])) return undefined
  const { longitude, latitude, city } = value['lastPosition']
  if (typeof longitude !== 'number' || typeof latitude !== 'number' || typeof city !== 'string')
    return undefined
  const { status } = value
  if (!isStatus(status) || texts.some(name => typeof value[name] !== 'string')) return undefined
  const members = Object.fromEntries(texts.map(name => [name, value[name]]))
  return {
    ...(members as Record<(typeof texts)[number], string>),
    status,
    lastPosition: { longitude, latitude, city },
  }
}

function isStatus(value: unknown): value is VehicleStatus {
  return value === 'ACTIVE' || value === 'IN_MAINTENANCE' || value === 'INACTIVE'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
