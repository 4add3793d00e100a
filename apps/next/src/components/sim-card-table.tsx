import type { ReactNode } from 'react'
import { simCardsPerPage } from '../lib/sim-card.ts'
import type { SimCard } from '../lib/sim-card.ts'

const megabytes = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export function SimCardTable({
  simCards,
  page,
  total,
}: {
  readonly simCards: readonly SimCard[]
  readonly page: number
  readonly total: number
}): ReactNode {
  if (simCards.length === 0) {
    return (
      <div className="panel narrow">
        <p>
          {total === 0
            ? 'There are no SIM cards yet.'
            : 'There is no such page: the SIM cards end before it.'}
        </p>
        {total > 0 && (
          <p>
            <a className="button" href="/sims">
              Go to the first page
            </a>
          </p>
        )}
      </div>
    )
  }
  const first = (page - 1) * simCardsPerPage
  return (
    <div className="panel sims">
      <table>
        <caption>
          SIM cards {first + 1} to {first + simCards.length} of {total}
        </caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Plan</th>
            <th scope="col" className="number">
              Data used
            </th>
            <th scope="col">ICCID</th>
          </tr>
        </thead>
        <tbody>
          {simCards.map(({ iccid, label, status, plan, usedMb }) => (
            <tr key={iccid}>
              <th scope="row">{label}</th>
              <td>
                <span className={`pill ${status}`}>{status}</span>
              </td>
              <td>{plan}</td>
              <td className="number">{megabytes.format(usedMb)} MB</td>
              <td>{iccid}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
