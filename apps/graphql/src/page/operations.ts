/** The query of the page: one for all five providers. */
export const fleetQuery = /* GraphQL */ `
  query Fleet {
    fleet {
      id
      licensePlate
      make
      model
      city
      note
    }
    simCards {
      total
    }
    campaigns {
      total
    }
    dataSources {
      total
    }
    machines {
      total
    }
  }
`

export const noteMutation = /* GraphQL */ `
  mutation SetNote($vehicleId: ID!, $note: String!) {
    setNote(vehicleId: $vehicleId, note: $note) {
      id
      note
    }
  }
`

export const positionsSubscription = /* GraphQL */ `
  subscription Positions {
    positions {
      number
      vehicleId
      licensePlate
      latitude
      longitude
    }
  }
`

/** A vehicle as the page shows it. */
export interface VehicleView {
  readonly id: string
  readonly licensePlate: string
  readonly make: string
  readonly model: string
  readonly city: string
  readonly note: string
}

/** What {@link fleetQuery} answers. */
export interface FleetAnswer {
  readonly fleet: readonly VehicleView[]
  readonly simCards: { readonly total: number }
  readonly campaigns: { readonly total: number }
  readonly dataSources: { readonly total: number }
  readonly machines: { readonly total: number }
}

/** What {@link noteMutation} answers. */
export interface NoteAnswer {
  readonly setNote: { readonly id: string; readonly note: string }
}

/** What is given to {@link noteMutation}. */
export interface NoteVariables {
  readonly vehicleId: string
  readonly note: string
}

/** One event of {@link positionsSubscription}. */
export interface PositionAnswer {
  readonly positions: {
    readonly number: number
    readonly vehicleId: string
    readonly licensePlate: string
    readonly latitude: number
    readonly longitude: number
  }
}
