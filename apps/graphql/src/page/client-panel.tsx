import { useEffect } from 'react'
import type { ReactNode } from 'react'
import type { RefusalKind, TokensName } from '../settings.ts'
import { Counters } from './counters.tsx'
import type { Page } from './create-page.tsx'
import type { ClientName } from './fleet-client.ts'
import { isRefresh } from './is-refresh.ts'
import type { FleetAnswer } from './operations.ts'
import { useFleet } from './use-fleet.ts'
import { VehicleRow } from './vehicle-row.tsx'

/** The page through one of the clients. */
export function ClientPanel({
  client,
  name,
  page,
  refusals,
}: {
  readonly client: ClientName
  readonly name: TokensName
  readonly page: Page
  readonly refusals: RefusalKind
}): ReactNode {
  const { live, settings } = page
  const fleet = useFleet({ client, name, refusals, tokens: page.tokens[name], settings })
  const { noteRefresh } = fleet
  useEffect(
    () =>
      live.subscribe(name, ({ event }) => {
        if (isRefresh(event)) noteRefresh()
      }),
    [live, name, noteRefresh],
  )
  return (
    <>
      <Counters counts={fleet.counts} />
      {fleet.failure !== undefined && (
        <p className="notice" role="alert">
          {fleet.failure}
        </p>
      )}
      <div className="buttons">
        <button type="button" className="primary" onClick={() => void fleet.ask()}>
          Ask again
        </button>
      </div>
      {fleet.answer === undefined ? (
        <p className="quiet">Asking …</p>
      ) : (
        <>
          <p className="quiet others">{othersSentence(fleet.answer)}</p>
          <ul className="fleet">
            {fleet.answer.fleet.map(vehicle => (
              <VehicleRow
                key={vehicle.id}
                vehicle={vehicle}
                position={fleet.positions[vehicle.id]}
                onNote={note => fleet.setNote(vehicle.id, note)}
              />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function othersSentence({ simCards, campaigns, dataSources, machines }: FleetAnswer): string {
  return (
    `In the same answer: ${simCards.total} SIM cards, ${campaigns.total} campaigns, ` +
    `${dataSources.total} data sources and ${machines.total} machines of the other four providers.`
  )
}
