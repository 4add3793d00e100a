import type { Clock } from '@evergrant/core'
import type { Vehicle } from './records.ts'

/** Where a vehicle is now. */
export interface Position {
  /** Counts up by one with each tick of the server's clock, so that whoever listens knows what was missed. */
  readonly number: number
  readonly vehicleId: string
  readonly licensePlate: string
  readonly latitude: number
  readonly longitude: number
}

// Numbers must fit GraphQL's Int.
const firstAt = Date.UTC(2026, 0, 1)

/** The position of one tick: vehicles take turns, and each drives a circle around where it was last. Pure. */
export function positionAt(number: number, vehicles: readonly Vehicle[]): Position | undefined {
  const vehicle = vehicles[number % Math.max(1, vehicles.length)]
  if (vehicle === undefined) return undefined
  const { latitude, longitude } = vehicle.lastPosition
  const angle = number / 20
  return {
    number,
    vehicleId: vehicle.id,
    licensePlate: vehicle.licensePlate,
    latitude: rounded(latitude + 0.01 * Math.sin(angle)),
    longitude: rounded(longitude + 0.01 * Math.cos(angle)),
  }
}

/** Options of {@link livePositions}. */
export interface LivePositionsOptions {
  readonly vehicles: readonly Vehicle[]
  readonly clock: Clock
  /** Between two positions, in milliseconds. */
  readonly everyMs: number
  /** Asked before each position; what it throws ends the stream. */
  readonly check: () => Promise<void>
}

/** Yields a position with each tick until `check` throws or nobody listens. Streams are independent of each other. */
export async function* livePositions(options: LivePositionsOptions): AsyncGenerator<Position, void> {
  const { vehicles, clock, everyMs, check } = options
  for (;;) {
    const now = clock.wall() - firstAt
    const number = Math.floor(now / everyMs) + 1
    await new Promise<void>(resolve => void clock.schedule(resolve, number * everyMs - now))
    await check()
    const position = positionAt(number, vehicles)
    if (position !== undefined) yield position
  }
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}
