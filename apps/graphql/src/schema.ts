import type { Clock } from '@evergrant/core'
import type { GraphQLError, GraphQLSchema } from 'graphql'
import { createGraphQLError, createSchema } from 'graphql-yoga'
import { Notes } from './notes.ts'
import { livePositions } from './positions.ts'
import type { Position } from './positions.ts'
import type { Vehicle } from './records.ts'
import type { Customer } from './token-check.ts'
import type { Upstreams } from './upstreams.ts'

/** Who asks: what each operation is given. */
export interface ApiContext {
  readonly customer: Customer
  /**
   * Looks at the token again. Where it is not taken any more, the connection is cut first: to the subscriber, an error in
   * the stream would be the end.
   * @throws {GraphQLError} it is not taken any more (`UNAUTHENTICATED`)
   */
  readonly check: () => Promise<void>
}

/** Options of {@link createApiSchema}. */
export interface ApiSchemaOptions {
  readonly upstreams: Upstreams
  readonly clock: Clock
  /** Between two positions, in milliseconds. */
  readonly positionEveryMs: number
}

const typeDefs = /* GraphQL */ `
  type Vehicle {
    id: ID!
    licensePlate: String!
    make: String!
    model: String!
    city: String!
    note: String!
  }
  type Records {
    total: Int!
    names: [String!]!
  }
  type Position {
    number: Int!
    vehicleId: ID!
    licensePlate: String!
    latitude: Float!
    longitude: Float!
  }
  type Query {
    "The customer's own vehicles, of TRAVIS."
    fleet: [Vehicle!]!
    "Of Truphone Connect."
    simCards: Records!
    "Of TrafficStars."
    campaigns: Records!
    "Of ER/Studio Team Server."
    dataSources: Records!
    "Of Trackunit IRIS."
    machines: Records!
  }
  type Mutation {
    setNote(vehicleId: ID!, note: String!): Vehicle!
  }
  type Subscription {
    positions: Position!
  }
`

/** Longer notes are refused. */
const mostCharacters = 80

/** Creates the schema: five providers behind one API, notes of each customer, and positions as they come. */
export function createApiSchema(options: ApiSchemaOptions): GraphQLSchema {
  const { upstreams, clock, positionEveryMs } = options
  const notes = new Notes()
  return createSchema<ApiContext>({
    typeDefs,
    resolvers: {
      Vehicle: {
        city: ({ lastPosition }: Vehicle) => lastPosition.city,
        note: ({ id }: Vehicle, _arguments: unknown, { customer }) => notes.get(customer.username, id),
      },
      Query: {
        fleet: (_root, _arguments, { customer }) => upstreams.fleet(customer.haulierId),
        simCards: () => upstreams.simCards(),
        campaigns: () => upstreams.campaigns(),
        dataSources: () => upstreams.dataSources(),
        machines: () => upstreams.machines(),
      },
      Mutation: {
        setNote: async (_root, { vehicleId, note }: { vehicleId: string; note: string }, { customer }) => {
          const fleet = await upstreams.fleet(customer.haulierId)
          const vehicle = fleet.find(({ id }) => id === vehicleId)
          if (vehicle === undefined) throw badInput('There is no such vehicle.')
          if (note.length > mostCharacters) throw badInput(`A note has at most ${mostCharacters} characters.`)
          notes.set(customer.username, vehicleId, note)
          return vehicle
        },
      },
      Subscription: {
        positions: {
          subscribe: async (_root, _arguments, { customer, check }) => {
            const vehicles = await upstreams.fleet(customer.haulierId)
            return livePositions({ vehicles, clock, everyMs: positionEveryMs, check })
          },
          resolve: (position: Position) => position,
        },
      },
    },
  })
}

/** The refusal of an access token, as GraphQL says it. */
export function unauthenticated(): GraphQLError {
  return createGraphQLError('The access token is not taken.', { extensions: { code: 'UNAUTHENTICATED' } })
}

function badInput(message: string): GraphQLError {
  return createGraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
